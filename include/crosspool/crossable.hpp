// crossable<T>: can a value of T be sent to another process? Decided at compile time by looking all the way down.
// With the archives whole, as cereal may instantiate them for whoever has seen them (CEREAL_REGISTER_TYPE).
#ifndef CROSSPOOL_CROSSABLE_HPP
#define CROSSPOOL_CROSSABLE_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/check/examine.hpp>

#endif
