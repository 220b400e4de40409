// SPDX-License-Identifier: MIT
// What is told while classes are mapped, and two threads that map at once.
#include "support/catch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <azoth/orm.hpp>

namespace az = azoth;
using az::col;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

az::Registry& garden() {
    static az::Registry registry;
    return registry;
}

struct Bed;
struct Plant : az::Model<Plant> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> bed_id;
    az::Related<Bed> bed;
    static void map(az::Mapper<Plant>& m);
};
struct Bed : az::Model<Bed> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Bed>& m) {
        m.registry(garden());
        m.table("bed");
        m.column<&Bed::id>(az::primary_key);
    }
};
void Plant::map(az::Mapper<Plant>& m) {
    m.table("plant");
    m.column<&Plant::id>(az::primary_key);
    m.column<&Plant::bed_id>(az::foreign_key<&Bed::id>());
    m.relationship<&Plant::bed>();
}

struct Held : az::Model<Held> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Held>& m) {
        m.table("held");
        m.column<&Held::id>(az::primary_key);
    }
};
struct Holder : az::Model<Holder> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> held_id;
    az::Related<Held> held;
    static void map(az::Mapper<Holder>& m) {
        m.table("holder");
        m.column<&Holder::id>(az::primary_key);
        m.column<&Holder::held_id>(az::foreign_key<&Held::id>());
        m.relationship<&Holder::held>();
    }
};

struct Selfish : az::Model<Selfish> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Selfish>& m) {
        m.table("selfish");
        m.column<&Selfish::id>(az::primary_key);
        (void)az::mapper_of<Selfish>();
    }
};

} // namespace

TEST_CASE("mapping events: each class when it is made and completed, around all of them, for a registry its own",
          "[orm][orm.event.mapper_config]") {
    std::vector<std::string> told, told_garden;
    auto& events = az::mapping_events();
    std::vector<az::SignalConnection> connections{
        events.after_mapper_constructed.connect([&](const auto& mapper) { told.push_back("made " + mapper.class_name); }),
        events.before_mapper_configured.connect([&](const auto& mapper, bool&) { told.push_back("before " + mapper.class_name); }),
        events.mapper_configured.connect([&](const auto& mapper) {
            told.push_back("done " + mapper.class_name);
            CHECK_FALSE(mapper.attributes.empty());
        }),
        events.before_configured.connect([&] { told.emplace_back("before all"); }),
        events.after_configured.connect([&] { told.emplace_back("after all"); })};
    garden().events().before_configured.connect([&] { told_garden.emplace_back("before all"); });
    garden().events().mapper_configured.connect([&](const auto& mapper) { told_garden.push_back("done " + mapper.class_name); });
    garden().events().after_configured.connect([&] { told_garden.emplace_back("after all"); });

    (void)az::mapper_of<Plant>();
    CHECK(told == std::vector<std::string>{
        "made Plant", "before all", "before Plant", "made Bed", "before Bed", "done Bed", "done Plant", "after all"});
    CHECK(told_garden == std::vector<std::string>{"before all", "done Bed", "after all"});
    told.clear();
    (void)az::mapper_of<Plant>();
    (void)az::mapper_of<Bed>();
    CHECK(told.empty());

    // A listener holds a class back: nobody can use it, or what is linked with it, until it lets go.
    bool hold = true;
    connections.push_back(events.before_mapper_configured.connect([&](const auto& mapper, bool& skip) { skip = skip || (hold && mapper.class_name == "Held"); }));
    CHECK_THROWS_WITH(az::mapper_of<Holder>(), Contains("Held") && Contains("holds its mapping back"));
    CHECK_THROWS_AS(az::mapper_of<Held>(), az::MappingDeferredError);
    CHECK_THROWS_AS(az::make<Holder>(), az::MappingDeferredError);
    CHECK(std::ranges::find(told, "after all") == told.end());
    hold = false;
    const auto& holder = az::mapper_of<Holder>();
    CHECK(holder.relationships[0].target == &az::mapper_of<Held>()); // completed along with it
    CHECK(std::ranges::count(told, "made Holder") == 1); // map() ran once
    CHECK(std::ranges::count(told, "after all") == 1);
    for (auto& connection : connections) connection.disconnect();
    CHECK_THROWS_WITH(az::mapper_of<Selfish>(), Contains("before it is mapped"));
}

namespace {

// Each waits, in the middle of being mapped, until another thread is on its way.
std::atomic<bool> expressing{false}, mapping{false};

struct Slow : az::Model<Slow> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::string> twice;
    static void map(az::Mapper<Slow>& m) {
        m.table("slow");
        m.column<&Slow::id>(az::primary_key);
        m.columns<&Slow::name>();
        m.column_property<&Slow::twice>([] {
            expressing = true;
            std::this_thread::sleep_for(50ms);
            return col<&Slow::name>.concat(col<&Slow::name>);
        });
    }
};
struct Other : az::Model<Other> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Other>& m) {
        m.table("other");
        m.column<&Other::id>(az::primary_key);
    }
};
struct Left : az::Model<Left> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Left>& m) {
        mapping = true;
        std::this_thread::sleep_for(50ms);
        m.table("left_" + az::mapper_of<Other>().table->name()); // another class, completed in the middle of this one
        m.column<&Left::id>(az::primary_key);
    }
};
struct Right : az::Model<Right> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> left_id;
    az::Related<Left> left;
    static void map(az::Mapper<Right>& m) {
        m.table("right_side");
        m.column<&Right::id>(az::primary_key);
        m.column<&Right::left_id>(az::foreign_key<&Left::id>());
        m.relationship<&Right::left>();
    }
};

} // namespace

TEST_CASE("mapping: two threads that begin with different ends do not wait for each other",
          "[orm][mapping][orm.map.configure]") {
    {
        std::thread completes{[] { (void)az::mapper_of<Slow>(); }};
        while (!expressing) std::this_thread::yield();
        std::thread asks{[] { (void)col<&Slow::name>.node(); }}; // for the column that the other is about to ask for
        completes.join();
        asks.join();
        CHECK(col<&Slow::twice>.node() != nullptr);
    }
    {
        std::thread maps{[] { (void)az::mapper_of<Left>(); }};
        while (!mapping) std::this_thread::yield();
        std::thread completes{[] { (void)az::mapper_of<Right>(); }}; // and wants Left
        maps.join();
        completes.join();
        CHECK(az::mapper_of<Right>().relationships[0].target == &az::mapper_of<Left>());
    }
}
