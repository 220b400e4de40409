// SPDX-License-Identifier: MIT
// Members that wait to be added to a collection, or removed.
#include <azoth/orm/state.hpp>

#include <algorithm>

namespace azoth::orm {

namespace {
constexpr std::size_t short_list = 16;
}

bool Changes::Members::has(std::uint16_t relationship, const ModelBase* object) const {
    if (!known_.empty()) return known_.contains({object, relationship});
    return std::ranges::any_of(
        members_, [&](const Member& member) { return member.relationship == relationship && member.object == object; });
}

void Changes::Members::add(std::uint16_t relationship, ModelBase* object, GraphRef kept) {
    if (has(relationship, object)) return;
    members_.push_back({relationship, object, std::move(kept)});
    if (!known_.empty()) known_.emplace(object, relationship);
    else if (members_.size() > short_list)
        for (const auto& member : members_) known_.emplace(member.object, member.relationship);
}

bool Changes::Members::erase(std::uint16_t relationship, const ModelBase* object) {
    if (!has(relationship, object)) return false;
    // What came last goes first, mostly.
    const auto found = std::find_if(members_.rbegin(), members_.rend(), [&](const Member& member) {
        return member.relationship == relationship && member.object == object;
    });
    members_.erase(std::next(found).base());
    known_.erase({object, relationship});
    return true;
}

void Changes::Members::erase_all(std::uint16_t relationship) {
    std::erase_if(members_, [&](const Member& member) { return member.relationship == relationship; });
    std::erase_if(known_, [&](const Key& key) { return key.second == relationship; });
}

} // namespace azoth::orm
