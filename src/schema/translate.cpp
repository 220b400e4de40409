// SPDX-License-Identifier: MIT
// Looking a schema up in a SchemaTranslateMap.
#include <azoth/schema/translate.hpp>

namespace azoth::schema {

QuotedName translated(const SchemaTranslateMap* map, const QuotedName& name) {
    if (map == nullptr) return name;
    const auto found = map->find(name);
    return found == map->end() ? name : QuotedName{found->second};
}

} // namespace azoth::schema
