// The one fault of a case, and how it is repaired.
#ifdef CONTROL
#define FAULT(broken, repaired) repaired
#else
#define FAULT(broken, repaired) broken
#endif
#define COMMA , // between an argument's own template arguments
