// A call that is passed on from template to template.
#include "refuse.hpp"

template <class T> void a(T x) {
  crosspool::map(x);
}
template <class T> void b(T x) {
  a(x);
}
template <class T> void c(T x) {
  b(x);
}
template <class T> void d(T x) {
  c(x);
}
template <class T> void e(T x) {
  d(x);
}
template <class T> void f(T x) {
  e(x);
}
