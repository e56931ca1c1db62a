// Writes random types and values of them, from a seed: `generate SEED TYPES PER_FILE FOLDER` makes types_0.cpp … and
// main.cpp, a program that holds each type to what it was generated as: plain data, which must cross and arrive equal;
// what must be refused; or what may be refused, but must arrive equal if not.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

enum class demand { crosses, is_refused, arrives_if_it_crosses };

struct type {
  std::string name;
  std::function<std::string()> value; // an expression; a new value each time
  demand demanded = demand::crosses;
  bool copied = true;
  bool built = false;       // an aggregate with const members
  bool fragile = false;     // such, or an array of them: needs something that makes it by braces
  bool empty_first = false; // begins with an empty class, which may be taken for a base
  bool bare = false;        // an empty class
};

demand worse(demand a, demand b) {
  if (a == demand::is_refused || b == demand::is_refused)
    return demand::is_refused;
  return a == demand::crosses ? b : a;
}

class generator {
public:
  explicit generator(unsigned seed) : random_(seed) {}

  /// The text of a file with so many classes.
  std::string file(int number, int classes) {
    space_ = 'f' + std::to_string(number);
    defined_ = "namespace generated {\nnamespace " + space_ + " {\ninline int global = 0;\n}\n";
    checks_.clear();
    for (int i = 0; i < classes; ++i) {
      auto made = a_class(3);
      // Something that holds it, too, every other time.
      check(made);
      if (one_in(2))
        check(container(made));
    }
    return "#include \"random.hpp\"\n\n" + defined_ + "\nint check_" + std::to_string(number) +
           "() {\n  int faults = 0;\n" + checks_ + "  return faults;\n}\n} // namespace generated\n";
  }

private:
  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }

  void check(const type& made) {
    static const char* const words[] = {"crosses", "is_refused", "arrives_if_it_crosses"};
    const auto make = made.demanded == demand::is_refused
                          ? std::string("nullptr")
                          : "[]() -> " + made.name + " { return " + made.value() + "; }";
    checks_ += "  faults += check<" + made.name + ">(\"" + made.name +
               "\", demand::" + words[static_cast<int>(made.demanded)] + ", " + make + ");\n";
  }

  // ---- values without parts ----

  std::string digits(int most) { return std::to_string(upto(most)); }
  std::string letters() {
    std::string text;
    for (int i = upto(20); i > 0; --i)
      text += static_cast<char>('a' + upto(25));
    return text;
  }

  type leaf() {
    const auto number = [this](std::string name, int most) {
      return type{name, [this, name, most] { return "static_cast<" + name + ">(" + digits(most) + ")"; }};
    };
    switch (upto(17)) {
    case 0:
      return {"bool", [this] { return one_in(2) ? "true" : "false"; }};
    case 1:
      return number("char", 127);
    case 2:
      return number("signed char", 127);
    case 3:
      return number("unsigned short", 65535);
    case 4:
      return number("long", 2000000000);
    case 5:
      return number("unsigned long long", 2000000000);
    case 6:
      return {"float", [this] { return digits(1000) + ".5F"; }};
    case 7:
      return {"double", [this] { return '-' + digits(1000) + ".25"; }};
    case 8:
      return {"long double", [this] { return digits(1000) + ".125L"; }};
    case 9:
      return {"color", [this] { return "color(" + digits(2) + ")"; }};
    case 10:
      return {"unscoped", [this] { return one_in(2) ? "first" : "second"; }};
    case 11:
      return {"std::byte", [this] { return "std::byte(" + digits(255) + ")"; }};
    case 12:
      return {"std::bitset<70>", [this] { return "std::bitset<70>(" + digits(100000) + ")"; }};
    case 13:
      return {"std::complex<double>", [this] { return "std::complex<double>(" + digits(9) + ", " + digits(9) + ")"; }};
    case 14:
      return {"std::chrono::milliseconds", [this] { return "std::chrono::milliseconds(" + digits(100000) + ")"; }};
    case 15: {
      type made{"nothing", [] { return "nothing{}"; }};
      made.empty_first = made.bare = true;
      return made;
    }
    case 16:
      return {"std::wstring", [this] { return "std::wstring(L\"" + letters() + "\")"; }};
    default:
      return {"int", [this] { return digits(1000000); }};
    }
  }
  type text() {
    return {"std::string", [this] { return "std::string(\"" + letters() + "\")"; }};
  }
  type key() {
    switch (upto(4)) {
    case 0:
      return text();
    case 1:
      return {"color", [this] { return "color(" + digits(2) + ")"; }};
    case 2:
      return {"std::chrono::milliseconds", [this] { return "std::chrono::milliseconds(" + digits(5) + ")"; }};
    case 3:
      return {"std::pair<int, std::string>",
              [this] { return "std::pair<int, std::string>(" + digits(3) + ", \"" + letters() + "\")"; }};
    default:
      return {"int", [this] { return digits(3); }}; // few, so that some are equal
    }
  }

  // ---- values with parts ----

  type any(int depth) {
    if (depth == 0 || one_in(3))
      return one_in(3) ? text() : leaf();
    if (one_in(3))
      return a_class(depth - 1);
    return container(any(depth - 1));
  }

  type filled(const std::string& name, const type& of, int most) {
    const auto count = upto(most);
    return {name,
            [this, name, of, count] {
              std::string list;
              for (int i = 0; i < count; ++i)
                list += (i == 0 ? "" : ", ") + of.value();
              return "of<" + name + ">(" + list + ")";
            },
            of.demanded, of.copied};
  }
  type map(const std::string& name, const type& first, const type& second) {
    const auto count = upto(3);
    return {name,
            [this, name, first, second, count] {
              std::string list;
              for (int i = 0; i < count; ++i)
                list += (i == 0 ? "" : ", ") + ("std::pair<" + first.name + ", " + second.name + ">(" + first.value()) +
                        ", " + second.value() + ")";
              return "of<" + name + ">(" + list + ")";
            },
            second.demanded, second.copied};
  }
  // Where what has const members needs a default constructor, which nobody promises.
  static type made_first(type made, bool fragile) {
    if (fragile)
      made.demanded = worse(made.demanded, demand::arrives_if_it_crosses);
    return made;
  }
  type pointer(const std::string& kind, const type& to) {
    return made_first({"std::" + kind + "_ptr<" + to.name + '>',
                       [this, kind, to] {
                         if (one_in(4))
                           return "std::" + kind + "_ptr<" + to.name + ">()";
                         return "std::make_" + kind + '<' + to.name + ">(" + to.value() + ")";
                       },
                       to.demanded, kind == "shared"},
                      to.fragile);
  }

  type container(const type& of) {
    const auto plain_key = key();
    switch (upto(19)) {
    case 0:
    case 1:
      return filled("std::vector<" + of.name + '>', of, 3);
    case 2:
      return made_first(filled("std::deque<" + of.name + '>', of, 3), of.fragile);
    case 3:
      return made_first(filled("std::list<" + of.name + '>', of, 3), of.fragile);
    case 4:
      return made_first(filled("std::forward_list<" + of.name + '>', of, 3), of.fragile);
    case 5: {
      const int size = upto(3);
      const auto name = "std::array<" + of.name + ", " + std::to_string(size) + '>';
      return {name,
              [this, of, name, size] {
                std::string list;
                for (int i = 0; i < size; ++i)
                  list += (i == 0 ? "" : ", ") + of.value();
                return name + (size == 0 ? "{}" : "{{" + list + "}}");
              },
              of.demanded,
              of.copied,
              false,
              of.fragile};
    }
    case 6:
    case 7:
      return {"std::optional<" + of.name + '>',
              [this, of] {
                return one_in(3) ? "std::optional<" + of.name + ">()"
                                 : "std::optional<" + of.name + ">(" + of.value() + ")";
              },
              of.demanded, of.copied};
    case 8:
      return pointer("unique", of);
    case 9:
      return pointer("shared", of);
    case 10:
      return map("std::map<" + plain_key.name + ", " + of.name + '>', plain_key, of);
    case 11: {
      const type small{"int", [this] { return digits(3); }};
      return map("std::map<int, " + of.name + ", downwards>", small, of);
    }
    case 12:
      return map("std::multimap<" + plain_key.name + ", " + of.name + '>', plain_key, of);
    case 13: {
      const auto hashed = one_in(2) ? text() : type{"int", [this] { return digits(3); }};
      return map("std::unordered_map<" + hashed.name + ", " + of.name + '>', hashed, of);
    }
    case 14:
      return filled(std::string(one_in(2) ? "std::set<" : "std::multiset<") + plain_key.name + '>', plain_key, 3);
    case 15: {
      const auto other = one_in(2) ? text() : leaf();
      return made_first({"std::pair<" + of.name + ", " + other.name + '>',
                         [of, other] {
                           return "std::pair<" + of.name + ", " + other.name + ">(" + of.value() + ", " +
                                  other.value() + ")";
                         },
                         of.demanded, of.copied},
                        of.fragile);
    }
    case 16: {
      const auto other = one_in(2) ? text() : leaf();
      const auto name = "std::tuple<" + other.name + ", " + of.name + ", int>";
      return made_first(
          {name,
           [this, name, of, other] { return name + '(' + other.value() + ", " + of.value() + ", " + digits(9) + ")"; },
           of.demanded, of.copied},
          of.fragile);
    }
    case 17: {
      const auto name = "std::variant<std::monostate, " + of.name + ", std::vector<std::string>>";
      return made_first({name,
                         [this, name, of] {
                           switch (upto(2)) {
                           case 0:
                             return name + "()";
                           case 1:
                             return name + "(std::in_place_index<1>, " + of.value() + ")";
                           default:
                             return name + "(std::in_place_index<2>, 2, \"" + letters() + "\")";
                           }
                         },
                         of.demanded, of.copied},
                        of.fragile);
    }
    case 18:
      if (of.copied && !of.fragile)
        return filled(std::string(one_in(2) ? "std::stack<" : "std::queue<") + of.name + '>', of, 3);
      return filled("std::vector<" + of.name + '>', of, 3);
    default:
      switch (upto(2)) {
      case 0:
        return filled("std::priority_queue<" + plain_key.name + '>', plain_key, 3);
      case 1:
        return filled("std::unordered_set<std::string>", text(), 3);
      default:
        return {"std::valarray<double>", [this] { return "std::valarray<double>{" + digits(9) + ", 1.5}"; }};
      }
    }
  }

  // ---- classes ----

  struct member {
    std::string declared;                // "int m0 = 3;"
    std::function<std::string()> braced; // its initializer
    std::string compared;                // "same(a.m0, b.m0)"
    demand demanded = demand::crosses;
    bool copied = true, array = false, built = false, fragile = false, empty_first = false;
  };

  // A member that must be refused, or may be.
  member odd(const std::string& name) {
    const auto refused = [](std::string declared) { return member{std::move(declared), {}, {}, demand::is_refused}; };
    const auto doubtful = [&](std::string declared, std::function<std::string()> braced, std::string compared) {
      return member{std::move(declared), std::move(braced), std::move(compared), demand::arrives_if_it_crosses};
    };
    switch (upto(19)) {
    case 0:
      return refused("date " + name + " = date(3);");
    case 1:
      return refused("date " + name + "[2] = {date(1), date(2)};");
    case 2:
      return refused("std::vector<date> " + name + ';');
    case 3:
      return refused("int " + name + " : 5;");
    case 4:
      return refused("int& " + name + " = global;");
    case 5:
      return refused("const std::string& " + name + ';');
    case 6:
      return refused("int* " + name + " = nullptr;");
    case 7:
      return refused("void (*" + name + ")() = nullptr;");
    case 8:
      return refused("std::string_view " + name + ';');
    case 9:
      return refused("std::reference_wrapper<int> " + name + " = global;");
    case 10:
      return refused("std::function<void()> " + name + ';');
    case 11:
      return refused("volatile int " + name + ';');
    case 12:
      return refused("either " + name + ';');
    case 13:
      return refused("union { int " + name + "_a; float " + name + "_b; };");
    case 14:
      return refused("std::unique_ptr<int, void (*)(int*)> " + name + "{nullptr, nullptr};");
    case 15:
      return refused("std::set<int, either_way> " + name + ';');
    case 16:
      return refused("std::mutex* " + name + "[2] = {};");
    case 17:
      return doubtful(
          "started " + name + " = started();", [this] { return "started(" + digits(9) + ")"; },
          "generated::same(a." + name + ", b." + name + ")");
    case 18:
      return doubtful(
          "to_anything " + name + ';', [this] { return "to_anything{" + digits(9) + "}"; },
          "generated::same(a." + name + ", b." + name + ")");
    default:
      return doubtful(
          "struct { int x, y; } " + name + ';', [this] { return "{" + digits(9) + ", " + digits(9) + "}"; },
          "a." + name + ".x == b." + name + ".x && a." + name + ".y == b." + name + ".y");
    }
  }

  member a_member(int depth, const std::string& name, bool plain) {
    if (!plain && one_in(25))
      return odd(name);
    const auto held = any(depth);
    member made{held.name + ' ' + name + ';', held.value, "generated::same(a." + name + ", b." + name + ")",
                held.demanded, held.copied};
    made.built = held.built;
    made.fragile = held.fragile;
    made.empty_first = held.empty_first;
    if (held.demanded == demand::is_refused || plain)
      return made;
    switch (upto(11)) {
    case 0:
      made.declared = held.name + ' ' + name + " = " + held.value() + ';';
      break;
    case 1:
      if (!held.built)
        made.declared = held.name + ' ' + name + "{};";
      break;
    case 2:
      // Else the class could not even be moved; and g++ 12 takes const members of empty classes for made by default in
      // its traits, but not in a constructor.
      if (held.copied && !held.bare) {
        made.declared = "const " + held.name + ' ' + name + ';';
        made.built = made.fragile = true;
      }
      break;
    case 3: {
      made.declared = held.name + ' ' + name + "[2];";
      made.array = true;
      made.built = false;
      made.braced = [held] { return "{" + held.value() + ", " + held.value() + "}"; };
      break;
    }
    case 4: {
      made.declared = held.name + ' ' + name + "[2][1];";
      made.array = true;
      made.built = false;
      made.braced = [held] { return "{{" + held.value() + "}, {" + held.value() + "}}"; };
      break;
    }
    case 5:
      made.declared = "alignas(32) " + held.name + ' ' + name + ';';
      break;
    case 6:
      made = {"[[no_unique_address]] nothing " + name + ';', [] { return "{}"; }, "true"};
      made.empty_first = true;
      break;
    default:
      break;
    }
    return made;
  }

  type a_class(int depth) {
    enum class form { aggregate, with_functions, split, of_template, nested, owner, tuple, of_vector };
    const auto chosen = [&] {
      const int n = upto(39);
      return n < 5    ? form::with_functions
             : n < 8  ? form::split
             : n < 10 ? form::of_template
             : n < 12 ? form::nested
             : n < 13 ? form::owner
             : n < 14 ? form::tuple
             : n < 15 ? form::of_vector
                      : form::aggregate;
    }();
    const bool functions = chosen == form::with_functions || chosen == form::split;
    const auto count = one_in(60) ? 64 + upto(1) : upto(6);
    std::vector<member> members;
    for (int i = 0; i < count; ++i)
      members.push_back(a_member(count > 8 ? 0 : depth - 1 > 0 ? depth - 1 : 0, 'm' + std::to_string(i), functions));
    // Believed, whatever they visit: only what crosses goes into a class with functions.
    if (functions)
      std::erase_if(members, [](const member& each) { return each.demanded != demand::crosses || each.fragile; });

    // Bases: empty ones, or one that holds all there is.
    std::vector<std::string> bases;
    type base;
    if (chosen == form::aggregate && one_in(4)) {
      if (one_in(3)) {
        base = a_class(0);
        if (base.demanded == demand::is_refused || base.name.find('<') != std::string::npos || base.built ||
            trusted_.contains(base.name))
          base = {};
        else {
          bases.push_back(base.name);
          if (one_in(2))
            members.clear();
        }
      } else {
        bases.push_back("nothing");
        if (one_in(3))
          bases.push_back("nothing_else");
      }
    }

    type made;
    made.name = 'S' + std::to_string(next_++);
    auto name = made.name;
    bool array = false;
    for (const auto& each : members) {
      made.demanded = worse(made.demanded, each.demanded);
      made.copied = made.copied && each.copied;
      made.built = made.built || each.built;
      made.fragile = made.fragile || each.fragile;
      array = array || each.array;
    }
    if (made.built && array)
      made.demanded = worse(made.demanded, demand::arrives_if_it_crosses);
    made.bare = members.empty() && base.name.empty();
    const bool begins_empty = !members.empty() && members[0].empty_first;
    made.empty_first = !functions && (begins_empty || (!bases.empty() && base.name.empty()) || base.empty_first);
    if (begins_empty && !bases.empty())
      made.demanded = worse(made.demanded, demand::arrives_if_it_crosses);
    if (count > 64 && !functions)
      made.demanded = demand::is_refused;
    if (!base.name.empty())
      made.demanded = worse(worse(made.demanded, base.demanded), demand::arrives_if_it_crosses);
    if (chosen == form::owner || (chosen == form::tuple && !made.bare) || chosen == form::of_vector)
      made.demanded = demand::is_refused;
    else if (chosen == form::tuple) // there is nothing to lose
      made.demanded = demand::arrives_if_it_crosses;

    std::string text = "namespace " + space_ + " {\n";
    std::string end;
    if (chosen == form::nested) {
      text += "struct in_" + made.name + " {\n";
      end = "};\n";
      name = "in_" + made.name + "::" + made.name;
    }
    if (chosen == form::of_template) {
      text += "template <class, int>\n";
      name += "<std::string, 3>";
    }
    text += "struct " + made.name;
    if (chosen == form::of_vector) {
      bases.assign(1, "std::vector<int>");
      members.push_back({"int more = 0;", {}, {}});
    }
    for (std::size_t i = 0; i < bases.size(); ++i)
      text += (i == 0 ? " : " : ", ") + bases[i];
    text += " {\n";
    std::string list;
    for (std::size_t i = 0; i < members.size(); ++i) {
      text += "  " + members[i].declared + '\n';
      list += (i == 0 ? "m" : ", m") + std::to_string(i);
    }
    if (functions) {
      // The names may have gaps, as some members were left out.
      list.clear();
      for (const auto& each : members) {
        const auto at = each.declared.rfind(' ');
        list += (list.empty() ? "" : ", ") + each.declared.substr(at + 1, each.declared.size() - at - 2);
      }
      text += "  " + made.name + "() {}\n";
      if (chosen == form::with_functions)
        text += "  template <class Archive> void serialize(Archive& archive) { archive(" + list + "); }\n";
      else
        text += "  template <class Archive> void save(Archive& archive) const { archive(" + list +
                "); }\n  template <class Archive> void load(Archive& archive) { archive(" + list + "); }\n";
    } else if (chosen == form::owner)
      text += "  ~" + made.name + "() { ++global; }\n";
    else if (one_in(6))
      text += "  static constexpr int shared = 3;\n  int function() const { return shared; }\n";
    text += "};\n" + end + "} // namespace " + space_ + '\n';
    name = space_ + "::" + name;
    made.name = name;

    if (chosen == form::tuple) {
      const auto size = std::to_string(1 + upto(2));
      text += "} // namespace generated\ntemplate <> struct std::tuple_size<generated::" + name +
              "> : std::integral_constant<std::size_t, " + size +
              "> {};\ntemplate <std::size_t I> struct std::tuple_element<I, generated::" + name +
              "> {\n  using type = int;\n};\nnamespace generated {\nnamespace " + space_ +
              " {\ntemplate <std::size_t I> int get(const " + name + "&) { return 3; }\n}\n";
    }
    if (made.demanded != demand::is_refused) {
      text += "template <> struct equality<" + name + "> {\n  static bool same([[maybe_unused]] const " + name +
              "& a, [[maybe_unused]] const " + name + "& b) {\n    return true";
      if (!base.name.empty())
        text += " && generated::same<" + base.name + ">(a, b)";
      for (const auto& each : members)
        text += " && " + each.compared;
      text += ";\n  }\n};\n";
    }
    defined_ += text;

    if (functions) {
      trusted_.insert(name);
      made.value = [name, members] {
        std::string body = "[] { " + name + " made; ";
        for (const auto& each : members) {
          const auto at = each.declared.rfind(' ');
          body += "made." + each.declared.substr(at + 1, each.declared.size() - at - 2) + " = " + each.braced() + "; ";
        }
        return body + "return made; }()";
      };
    } else
      made.value = [name, members, bases, base] {
        std::string braces;
        for (const auto& each : bases)
          braces += (braces.empty() ? "" : ", ") + (each == base.name ? base.value() : "{}");
        for (const auto& each : members)
          braces += (braces.empty() ? "" : ", ") + each.braced();
        return name + '{' + braces + '}';
      };
    return made;
  }

  std::mt19937 random_;
  std::string space_, defined_, checks_;
  std::set<std::string> trusted_;
  int next_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: " << argv[0] << " SEED TYPES PER_FILE FOLDER\n";
    return 2;
  }
  generator random(static_cast<unsigned>(std::atoi(argv[1])));
  const int types = std::atoi(argv[2]);
  const int per_file = std::max(1, std::atoi(argv[3]));
  const std::string folder = argv[4];
  std::ofstream program(folder + "/main.cpp");
  std::string declared;
  std::string called;
  for (int number = 0; number * per_file < types; ++number) {
    std::ofstream(folder + "/types_" + std::to_string(number) + ".cpp")
        << random.file(number, std::min(per_file, types - number * per_file));
    declared += "int check_" + std::to_string(number) + "();\n";
    called += "  faults += generated::check_" + std::to_string(number) + "();\n";
  }
  program << "#include <cstdio>\n\nnamespace generated {\n"
          << declared << "} // namespace generated\n\nint main() {\n  int faults = 0;\n"
          << called << "  std::printf(\"%d faults\\n\", faults);\n  return faults == 0 ? 0 : 1;\n}\n";
  return program.flush() ? 0 : 1;
}
