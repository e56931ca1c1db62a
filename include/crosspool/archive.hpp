// output_archive and input_archive, cereal archives whose messages workers read: for users' own functions that name
// them. With what cereal instantiates of them wherever a class is registered (CEREAL_REGISTER_TYPE).
#ifndef CROSSPOOL_ARCHIVE_HPP
#define CROSSPOOL_ARCHIVE_HPP

#include <crosspool/bytes/codec.hpp>

#endif
