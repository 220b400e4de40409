// expect: no matching function for call to .inspect
// SPDX-License-Identifier: MIT
// Objects, mapped classes, aliases, tables, engines and connections can be inspected.
#include <azoth/orm.hpp>

auto bad() { return azoth::inspect(5); }
