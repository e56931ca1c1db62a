// The wording of compile-time errors, all of it. A refused call completes one class template, whose arguments say which
// argument, which type, where inside it and why, and whose static_assert says what to do. GCC prints the arguments in
// the line above the error, Clang in the error's own line, as the condition that does not hold. Where the compiler
// takes a computed message, that says all of it in a sentence.
#ifndef CROSSPOOL_CHECK_DIAGNOSE_HPP
#define CROSSPOOL_CHECK_DIAGNOSE_HPP

#include <crosspool/check/class_traits.hpp>
#include <crosspool/check/sentence.hpp>

#include <type_traits>

namespace CROSSPOOL_NAMESPACE::fault {

/// A further fault of the same call.
template <class Position, class T, class Path, class Reason> struct also;

// The condition that does not hold, as Clang prints it.
template <class Position, class T, class Path, class Reason, class... Also> inline constexpr bool can_cross = false;

// Prose in a literal, or the whole sentence where that can be computed.
#ifdef CROSSPOOL_SENTENCES
#define CROSSPOOL_SAY(Reason, remedy) (detail::sentence<Position, T, Path, Reason>(remedy))
#else
#define CROSSPOOL_SAY(Reason, remedy)                                                                                  \
  "crosspool: this cannot be sent to a worker process, or from it as a result: " remedy
#endif

/// What a refused call completes. Position: which argument. T: its type. Path: the way to the fault inside T. Reason:
/// why what stands there cannot cross. Also: further faults.
template <class Position, class T, class Path, class Reason, class... Also> struct cannot_cross_process_boundary;

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, raw_pointer<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, raw_pointer<Fault>, Also...>,
      CROSSPOOL_SAY(raw_pointer<Fault>,
                    "a raw pointer means nothing in another process. Send what it points to by value or in a smart "
                    "pointer, an array as std::array; let a member stay behind, as a crosspool::transient; fork_pool's "
                    "initializer inherits pointers as they are, and thread_pool shares them"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, function_pointer<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, function_pointer<Fault>, Also...>,
                CROSSPOOL_SAY(function_pointer<Fault>,
                              "a function pointer inside a value is an address of this process. Give the function "
                              "itself to map, or put it first in crosspool::bind(f, state...)"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, reference<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, reference<Fault>, Also...>,
                CROSSPOOL_SAY(reference<Fault>,
                              "a reference refers to memory of this process. Hold a value, or use thread_pool"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, view<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, view<Fault>, Also...>,
                CROSSPOOL_SAY(view<Fault>, "a view owns nothing, and what it refers to stays behind. Send std::string "
                                           "for std::string_view, std::vector for std::span"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, iterator<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, iterator<Fault>, Also...>,
                CROSSPOOL_SAY(iterator<Fault>,
                              "an iterator points into a container of this process. Send the element or its index"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, capturing_lambda<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, capturing_lambda<Fault>, Also...>,
      CROSSPOOL_SAY(capturing_lambda<Fault>,
                    "nobody can look into a lambda's captures. Write crosspool::bind([](const State& state, Item x) { "
                    "... }, state), or a function object whose members are the state; thread_pool takes any lambda"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, type_erased<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, type_erased<Fault>, Also...>,
      CROSSPOOL_SAY(type_erased<Fault>,
                    "std::function and std::any hide what they hold. Pass the function object itself, and std::variant "
                    "for std::any; let a member stay behind, as a crosspool::transient; or use thread_pool"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, os_handle<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, os_handle<Fault>, Also...>,
                CROSSPOOL_SAY(os_handle<Fault>,
                              "an operating system's handle belongs to this process. Send a name and open it in the "
                              "worker; or give the handle to fork_pool's initializer, which inherits it; let a member "
                              "stay behind, as a crosspool::transient; or use thread_pool"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, synchronization<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, synchronization<Fault>, Also...>,
                CROSSPOOL_SAY(synchronization<Fault>,
                              "what synchronizes threads works in one process only, and workers share nothing that "
                              "needs it. Leave it out of what is sent, or let it stay behind, as a "
                              "crosspool::transient; fork_pool's initializer inherits it, and thread_pool shares it"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, a_pool<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, a_pool<Fault>, Also...>,
                CROSSPOOL_SAY(a_pool<Fault>, "a pool, or a future of one, belongs to the process that made it. Make a "
                                             "pool in the worker; send what the future gives"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, no_serialize_function<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, no_serialize_function<Fault>, Also...>,
      CROSSPOOL_SAY(no_serialize_function<Fault>,
                    "it has no cereal function that can be called, and is no aggregate. Write in it: template <class "
                    "Archive> void serialize(Archive& archive) { archive(member_1, member_2); }, and, where that is "
                    "private, friend class cereal::access; for another's class, write in its namespace: template "
                    "<class A> void save(A& a, const Class& c) and template <class A> void load(A& a, Class& c)"));
};

template <class Position, class T, class Path, class Fault, class... Also>
  requires(detail::in_std<Fault> || !std::is_class_v<Fault>)
struct cannot_cross_process_boundary<Position, T, Path, no_serialize_function<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, no_serialize_function<Fault>, Also...>,
                CROSSPOOL_SAY(no_serialize_function<Fault>,
                              "cereal has no function for this type, which is not yours to change. Send what it is "
                              "made of; or write, in namespace cereal: template <class A> void save(A& a, const Type& "
                              "t) and template <class A> void load(A& a, Type& t); or, if its bytes are all of it: "
                              "template <> inline constexpr bool crosspool::crosses_as_bytes<Type> = true;"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, incomplete_type<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, incomplete_type<Fault>, Also...>,
                CROSSPOOL_SAY(incomplete_type<Fault>,
                              "it, or what it points to, is declared and not defined where this is first asked. "
                              "Include the header that defines it before; a class that hides its members behind a "
                              "pointer needs a serialize of its own, defined where they are known"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, not_trivially_copyable<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, not_trivially_copyable<Fault>, Also...>,
                CROSSPOOL_SAY(not_trivially_copyable<Fault>,
                              "crosspool::crosses_as_bytes is said of it, and is for types that are trivially "
                              "copyable: a copy of its bytes is no copy of it"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, saves_but_cannot_load<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, saves_but_cannot_load<Fault>, Also...>,
      CROSSPOOL_SAY(saves_but_cannot_load<Fault>,
                    "it has a save but no matching load. Write the load function that reads what save writes"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, loads_but_cannot_save<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, loads_but_cannot_save<Fault>, Also...>,
                CROSSPOOL_SAY(loads_but_cannot_save<Fault>,
                              "it has a load but no matching save. Write the save function, and make it const"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, not_default_constructible<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, not_default_constructible<Fault>, Also...>,
                CROSSPOOL_SAY(not_default_constructible<Fault>,
                              "a worker makes the object first and then loads into it. Give it a default constructor; "
                              "or send it in a smart pointer and write cereal's load_and_construct"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, unregistered_polymorphic<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, unregistered_polymorphic<Fault>, Also...>,
                CROSSPOOL_SAY(unregistered_polymorphic<Fault>,
                              "a pointer to a polymorphic class needs #include <cereal/types/polymorphic.hpp>, and "
                              "CEREAL_REGISTER_TYPE for each class that it may point to"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, union_type<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, union_type<Fault>, Also...>,
      CROSSPOOL_SAY(union_type<Fault>,
                    "nobody can tell which member of a union is alive. Use std::variant, or write serialize"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, aggregate_that_cannot_be_opened<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, aggregate_that_cannot_be_opened<Fault>, Also...>,
                CROSSPOOL_SAY(aggregate_that_cannot_be_opened<Fault>,
                              "reflection cannot open it: it has a base class that is not an empty aggregate, a "
                              "bit-field, an unnamed union, a reference, a member that {} cannot initialize, or more "
                              "than 64 members. Write in it: template <class Archive> void serialize(Archive& archive) "
                              "{ archive(cereal::base_class<Base>(this), member_1, member_2); }"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, several_serialize_functions<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, several_serialize_functions<Fault>, Also...>,
                CROSSPOOL_SAY(several_serialize_functions<Fault>,
                              "cereal finds more than one function for it, of its own, outside of it or of a base, and "
                              "none is chosen. Remove all but one; or say which one it is: "
                              "CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Class, cereal::specialization::member_serialize)"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, inherited_serialize_function<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, inherited_serialize_function<Fault>, Also...>,
      CROSSPOOL_SAY(inherited_serialize_function<Fault>,
                    "its only cereal function is a base's, so that what it adds would stay behind. Write in it: "
                    "template <class Archive> void serialize(Archive& archive) { "
                    "archive(cereal::base_class<Base>(this), member_1); }, and, if the base's function is not a "
                    "member, CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Class, cereal::specialization::member_serialize)"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, serialize_function_for_others<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, serialize_function_for_others<Fault>, Also...>,
                CROSSPOOL_SAY(serialize_function_for_others<Fault>,
                              "its cereal function takes other archives only. Make it a template: template <class "
                              "Archive> void serialize(Archive& archive)"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, owns_something<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, owns_something<Fault>, Also...>,
                CROSSPOOL_SAY(owns_something<Fault>,
                              "it has a destructor or an assignment of its own, or may have, as it cannot be moved: a "
                              "copy in a worker would release there what it owns here. If it owns nothing, remove "
                              "these, defaulted ones too; else send what it is made of, or write serialize"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, state_left_behind<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, state_left_behind<Fault>, Also...>,
      CROSSPOOL_SAY(state_left_behind<Fault>,
                    "a worker makes the container with a comparator, hasher or allocator of its own, and the state of "
                    "this one would stay behind. Use one without state; or write save and load for the container"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, custom_deleter<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, custom_deleter<Fault>, Also...>,
                CROSSPOOL_SAY(custom_deleter<Fault>,
                              "a worker makes the object with new, which this deleter need not fit. Use "
                              "std::default_delete or std::shared_ptr; or write save and load for the pointer"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, constant<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, constant<Fault>, Also...>,
                CROSSPOOL_SAY(constant<Fault>,
                              "nothing can be loaded into what is const. Drop the const, or write save and load"));
};

template <class Position, class T, class Path, class Fault, text Header, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, missing_cereal_header<Fault, Header>, Also...> {
  using reason = missing_cereal_header<Fault, Header>;
  static_assert(can_cross<Position, T, Path, reason, Also...>,
                CROSSPOOL_SAY(reason, "the cereal header that serializes it is not included. Write #include <...> with "
                                      "the header that missing_cereal_header names"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, not_movable<Fault>, Also...> {
  static_assert(
      can_cross<Position, T, Path, not_movable<Fault>, Also...>,
      CROSSPOOL_SAY(not_movable<Fault>,
                    "it can be neither moved nor copied, and what crosses is moved into the call. Write a move "
                    "constructor; or hold what cannot be moved in a std::unique_ptr, or send the whole in one"));
};

template <class Position, class T, class Path, class Fault, class... Also>
struct cannot_cross_process_boundary<Position, T, Path, wrapped_by_std<Fault>, Also...> {
  static_assert(can_cross<Position, T, Path, wrapped_by_std<Fault>, Also...>,
                CROSSPOOL_SAY(wrapped_by_std<Fault>,
                              "nobody can look into what std::bind, std::bind_front, std::mem_fn and std::not_fn "
                              "return. Write crosspool::bind(f, state...), which calls f(state..., item); give a "
                              "pointer to member as it is; or write a lambda without captures"));
};

#undef CROSSPOOL_SAY

/// What completes where a function cannot be called with what reaches it in a worker. Why: in one of the words above.
template <class F, class Why> inline constexpr bool can_be_called_in_a_worker = false;
template <class F, class Why> struct cannot_be_called_in_a_worker {
  static_assert(can_be_called_in_a_worker<F, Why>,
                "crosspool: the function cannot be called with what it is given here. A worker process owns its copies "
                "and moves them in, so that a parameter may be T, const T& or T&&, but not T&");
};

/// What a call completes whose result cannot be kept for the caller.
template <class R> inline constexpr bool can_be_kept = false;
template <class R> struct result_cannot_be_kept {
  static_assert(can_be_kept<R>, "crosspool: the function's result cannot be kept until the caller takes it: it must be "
                                "possible to move it, and to copy it where the function returns a reference");
};

/// What map_reduce completes where F's results cannot be combined. T: what it was given as init.
template <class F, class Reduce, class T> inline constexpr bool can_be_reduced = false;
template <class F, class Reduce, class T> struct cannot_be_reduced {
  static_assert(can_be_reduced<F, Reduce, T>,
                "crosspool: map_reduce combines values of the type that init has, which must be movable: what the "
                "function returns must be convertible to it, and so must be what the reduction returns for two of it");
};

/// What a call completes that would keep something it cannot copy. T: the function and what it is called with.
template <class... T> inline constexpr bool can_be_copied_for_later = false;
template <class... T> struct cannot_be_copied_for_later {
  static_assert(can_be_copied_for_later<T...>,
                "crosspool: an asynchronous call keeps the function and its arguments, and what it is given as an "
                "lvalue it has to copy, which one of these does not allow. Give it with std::move");
};

} // namespace CROSSPOOL_NAMESPACE::fault

#endif
