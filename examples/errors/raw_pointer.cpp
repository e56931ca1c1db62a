// A pointer inside what is sent: an address means nothing in another process. Send the thing, or its number.
#include <crosspool/crosspool.hpp>

#include <string>
#include <vector>

struct Author {
  std::string name;
};
struct Book {
  std::string title;
#ifndef REPAIRED
  const Author* author;
#else
  Author author;
#endif
};

std::size_t title_length(const Book& book) {
  return book.title.size();
}

int main() {
  const std::vector<Book> books{{"Emma", {}}};
  crosspool::fork_pool pool(2);
  return pool.map(title_length, books)[0] == 4 ? 0 : 1; // here
}
// expect: map_argument<1>, Book, path<member<"author">>, raw_pointer<const Author*>
// expect: Send what it points to by value or in a smart pointer
