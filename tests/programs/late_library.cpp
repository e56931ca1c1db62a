// A shared library that a test opens after it has made its pools.
extern "C" int answer(int question) {
  return question + 42;
}
