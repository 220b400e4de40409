// SPDX-License-Identifier: MIT
// W6 by Azoth's ORM: a graph of new objects, one commit.
#include "azoth_run.hpp"

#include <memory>
#include <vector>

namespace bench {
namespace {

using az::col;

struct Child;

struct Parent : az::Model<Parent> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Child> children;

    static void map(az::Mapper<Parent>& m);
};

struct Child : az::Model<Child> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> parent_id;
    az::Mapped<std::string> name;
    az::Related<Parent> parent;

    static void map(az::Mapper<Child>& m);
};

void Parent::map(az::Mapper<Parent>& m) {
    m.table("parent");
    m.column<&Parent::id>(az::primary_key);
    m.column<&Parent::name>(az::String{255});
    m.relationship<&Parent::children>(az::back_populates<&Child::parent>());
}

void Child::map(az::Mapper<Child>& m) {
    m.table("child");
    m.column<&Child::id>(az::primary_key);
    m.column<&Child::parent_id>(az::foreign_key<&Parent::id>());
    m.column<&Child::name>(az::String{255});
    m.relationship<&Child::parent>(az::back_populates<&Parent::children>());
}

asio::awaitable<Outcome> unit_of_work(Run& run, az::Engine engine) {
    std::vector<std::shared_ptr<Parent>> made;
    az::Session session{engine};
    run.start();
    for (std::int64_t p = 0; p < parents; ++p) {
        auto parent = az::make<Parent>(col<&Parent::name> = parent_name(p));
        for (std::int64_t c = 0; c < children_each; ++c) {
            parent->children.append(az::make<Child>(col<&Child::name> = child_name(p, c)));
        }
        session.add(parent);
        made.push_back(std::move(parent));
    }
    co_await session.commit();
    run.stop();

    // From memory: the commit has written the keys back.
    std::uint64_t keys = 0;
    for (const auto& parent : made) {
        keys += static_cast<std::uint64_t>(*parent->id);
        for (const auto& child : parent->children) {
            keys += static_cast<std::uint64_t>(*child->id) + static_cast<std::uint64_t>(*child->parent_id);
        }
    }
    co_await session.close();
    co_return Outcome(parents * (1 + children_each), keys);
}

const Register contenders{
    {"W6", "sqlite", "orm", azoth_contender<unit_of_work>},
    {"W6", "postgresql", "orm", azoth_contender<unit_of_work>},
    {"W6", "mariadb", "orm", azoth_contender<unit_of_work>},
};

} // namespace
} // namespace bench
