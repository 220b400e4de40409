// SPDX-License-Identifier: MIT
// What became of a link since it was loaded: the unit of work's view of a relationship.
#pragma once

#include <vector>

#include <azoth/orm/mapper_data.hpp>

namespace azoth::orm {

/// Members of a link that came, stayed and went. A null stands for "no object" of a link to one.
struct LinkHistory {
    std::vector<ModelBase*> added;
    std::vector<ModelBase*> unchanged;
    std::vector<ModelBase*> deleted;

    LinkHistory() = default;
    [[nodiscard]] bool empty() const noexcept { return added.empty() && unchanged.empty() && deleted.empty(); }
};

/// Of what is in memory: a collection that is not loaded shows what waits to be added and removed.
[[nodiscard]] LinkHistory link_history(ModelBase& object, const RelationshipInfo& info);
/// What the link shows now and what it showed before, of a loaded link only.
[[nodiscard]] std::vector<ModelBase*> linked_now_or_before(ModelBase& object, const RelationshipInfo& info);

} // namespace azoth::orm
