// SPDX-License-Identifier: MIT
// W2, W3 and W7 by Azoth's ORM: objects of a session.
#include "azoth_run.hpp"

#include <memory>
#include <vector>

namespace bench {
namespace {

using az::col;

struct Person : az::Model<Person> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::string> description;

    static void map(az::Mapper<Person>& m) {
        m.table("customer");
        m.column<&Person::id>(az::primary_key);
        m.column<&Person::name>(az::String{255});
        m.column<&Person::description>(az::String{255});
    }
};

using People = std::vector<std::shared_ptr<Person>>;

std::uint64_t check_people(const People& people) {
    std::uint64_t sum = 0;
    for (const auto& person : people)
        sum += check_customer(*person->id, *person->name, *person->description);
    return sum;
}

// ---- W2 --------------------------------------------------------------------------------------

asio::awaitable<Outcome> read_all(Run& run, az::Engine engine) {
    People people;
    az::Session session{engine};
    run.start();
    {
        const auto found = co_await session.scalars(az::select<Person>());
        people = found.all();
    }
    run.stop();
    co_await session.close();
    co_return Outcome(static_cast<std::int64_t>(people.size()), check_people(people));
}

// ---- W3 --------------------------------------------------------------------------------------

asio::awaitable<Outcome> short_selects_scalars(Run& run, az::Engine engine) {
    People people;
    az::Session session{engine};
    run.start();
    for (std::int64_t i = 0; i < short_selects; ++i) {
        const auto found =
            co_await session.scalars(az::select<Person>().where(col<&Person::id> == permuted_key(i)));
        people.push_back(found.one());
    }
    run.stop();
    co_await session.close();
    co_return Outcome(short_selects, check_people(people));
}

asio::awaitable<Outcome> short_selects_get(Run& run, az::Engine engine) {
    People people;
    az::Session session{engine};
    run.start();
    for (std::int64_t i = 0; i < short_selects; ++i) {
        people.push_back(co_await session.get<Person>(permuted_key(i)));
    }
    run.stop();
    co_await session.close();
    co_return Outcome(short_selects, check_people(people));
}

// ---- W7 --------------------------------------------------------------------------------------

asio::awaitable<Outcome> update_objects(Run& run, az::Engine engine) {
    az::Session session{engine};
    run.start();
    const auto found = co_await session.scalars(az::select<Person>());
    const auto people = found.all();
    for (const auto& person : people)
        person->description = changed_description(*person->id);
    co_await session.commit();
    run.stop();
    co_await session.close();
    co_return Outcome(static_cast<std::int64_t>(people.size()), check_people(people));
}

const Register contenders{
    {"W2", "sqlite", "orm", azoth_contender<read_all>},
    {"W2", "postgresql", "orm", azoth_contender<read_all>},
    {"W2", "mariadb", "orm", azoth_contender<read_all>},
    {"W3", "sqlite", "orm", azoth_contender<short_selects_scalars>},
    {"W3", "postgresql", "orm", azoth_contender<short_selects_scalars>},
    {"W3", "mariadb", "orm", azoth_contender<short_selects_scalars>},
    {"W3", "sqlite", "orm-get", azoth_contender<short_selects_get>},
    {"W3", "postgresql", "orm-get", azoth_contender<short_selects_get>},
    {"W3", "mariadb", "orm-get", azoth_contender<short_selects_get>},
    {"W7", "sqlite", "orm", azoth_contender<update_objects>},
    {"W7", "postgresql", "orm", azoth_contender<update_objects>},
    {"W7", "mariadb", "orm", azoth_contender<update_objects>},
};

} // namespace
} // namespace bench
