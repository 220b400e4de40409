// SPDX-License-Identifier: MIT
// Who keeps what: handles, graphs and sessions, and what an object costs.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"

#include <azoth/azoth.hpp>

#include <malloc.h>

#include <thread>

namespace az = azoth;
using az::col;
using namespace domain;

namespace {

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
}

asio::awaitable<void> save_authors(az::Engine engine, int books) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = az::make<Author>(col<&Author::name> = "Ann");
    for (int i = 0; i < books; ++i) ann->books.append(az::make<Book>(col<&Book::title> = "b" + std::to_string(i)));
    session.add(ann);
    co_await session.commit();
}

asio::awaitable<std::shared_ptr<Author>> load_detached(az::Engine engine) {
    az::Session session{engine};
    auto statement = az::select<Author>().options(az::selectinload<&Author::books>(), az::selectinload<&Author::notes>());
    auto found = co_await session.scalars(statement);
    auto ann = found.one();
    co_await session.close();
    co_return ann;
}

asio::awaitable<void> a_graph_outlives_its_session(az::Engine engine) {
    co_await save_authors(engine, 3);
    const auto graphs = az::orm::live_graphs();
    const auto bytes = az::orm::live_graph_bytes();
    {
        auto ann = co_await load_detached(engine);
        CHECK(ann->books.size() == 3);
        auto book = ann->books[1];
        ann.reset(); // a child keeps its parent, as long as the link is loaded
        CHECK(*book->author->name == "Ann");
        CHECK(book->author->books.size() == 3);
        CHECK(az::inspect(*book).detached());
    }
    CHECK(az::orm::live_graphs() == graphs);
    CHECK(az::orm::live_graph_bytes() == bytes);
}

asio::awaitable<void> a_parent_does_not_keep_what_points_at_it(az::Engine engine) {
    co_await save_authors(engine, 2000);
    az::Session session{engine};
    auto ann = (co_await session.scalars(az::select<Author>())).one();
    std::size_t most = 0;
    std::size_t seen = 0;
    auto books = co_await session.stream_scalars(az::select<Book>(), az::SessionExecution{}.yield_per(100));
    for (;;) {
        auto book = co_await books.next();
        if (!book) break;
        ++seen;
        most = std::max(most, session.identity_map_size());
    }
    CHECK(seen == 2000);
    CHECK(most <= 201);
    CHECK(session.identity_map_size() == 1); // Ann
    co_await session.close();
}

asio::awaitable<void> rings_are_freed(az::Engine engine) {
    co_await make_tables(engine);
    const auto graphs = az::orm::live_graphs();
    {
        auto a = az::make<Node>(col<&Node::name> = "a");
        auto b = az::make<Node>(col<&Node::name> = "b");
        auto c = az::make<Node>(col<&Node::name> = "c");
        a->parent = b;
        b->parent = c;
        c->parent = a;
        b.reset();
        c.reset();
        CHECK(a->parent->parent->parent.get() == a);
        CHECK(az::orm::live_graphs() == graphs + 1);
    }
    CHECK(az::orm::live_graphs() == graphs);
}

/// A collection that is not loaded keeps new members until the flush: one that never comes leaves no ring.
asio::awaitable<void> what_is_never_flushed_is_freed(az::Engine engine) {
    co_await save_authors(engine, 1);
    const auto graphs = az::orm::live_graphs();
    {
        az::Session session{engine};
        auto ann = (co_await session.scalars(az::select<Author>())).one();
        ann->books.append(az::make<Book>(col<&Book::title> = "before"));
        co_await session.close();
        ann->books.append(az::make<Book>(col<&Book::title> = "after"));
    }
    CHECK(az::orm::live_graphs() == graphs);
}

asio::awaitable<void> handles_are_dropped_elsewhere(az::Engine engine) {
    co_await save_authors(engine, 100);
    const auto graphs = az::orm::live_graphs();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        auto ann = co_await load_detached(engine);
        threads.emplace_back([ann = std::move(ann)]() mutable {
            std::size_t titles = 0;
            for (const auto& book : ann->books) titles += book->title->size();
            if (titles == 0) std::terminate();
            ann.reset();
        });
    }
    for (auto& thread : threads) thread.join();
    threads.clear();
    CHECK(az::orm::live_graphs() == graphs);
}

asio::awaitable<void> a_stream_can_be_given_up(az::Engine engine) {
    co_await save_authors(engine, 500);
    az::Session session{engine};
    {
        auto books = co_await session.stream_scalars(az::select<Book>().order_by(col<&Book::id>), az::SessionExecution{}.yield_per(10));
        auto first = co_await books.next();
        REQUIRE(first);
        CHECK(*(*first)->title == "b0");
        auto batch = co_await books.next_batch();
        CHECK(batch.size() == 9);
        co_await books.close();
        const auto after = co_await books.next();
        CHECK_FALSE(after);
    }
    auto statement = az::select(az::func::count()).select_from<Book>();
    const auto count = co_await session.scalar(statement);
    CHECK(count == 500);
    auto changed = (co_await session.scalars(az::select<Book>().where(col<&Book::title> == "b7"))).one();
    changed->title = "seven";
    auto again = co_await session.stream_scalars(az::select<Book>().where(col<&Book::title> == "seven")); // flushes first
    auto same = co_await again.next();
    REQUIRE(same);
    CHECK(*same == changed);
    const auto end = co_await again.next();
    CHECK_FALSE(end);
    auto loaded = az::select<Book>().options(az::selectinload<&Book::author>());
    bool refused = false;
    try {
        (void)co_await session.stream_scalars(loaded);
    } catch (const az::InvalidRequestError&) {
        refused = true;
    }
    CHECK(refused);
    co_await session.rollback();
}

// ---- what objects cost ----

struct Plain {
    std::int64_t id;
    std::string name;
    std::optional<std::string> note;
    std::int32_t count;
    double share;
};
struct Five : az::Model<Five> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::string>> note;
    az::Mapped<std::int32_t> count;
    az::Mapped<double> share;

    static void map(az::Mapper<Five>& m) {
        m.table("five");
        m.column<&Five::id>(az::primary_key);
        m.column<&Five::name>(az::String{40});
        m.column<&Five::note>(az::String{40});
        m.column<&Five::count>();
        m.column<&Five::share>();
    }
};

asio::awaitable<void> fill_five(az::Engine engine, int rows) {
    az::Registry models;
    models.add<Five>();
    co_await models.metadata().create_all(engine);
    auto connection = co_await engine.connect();
    co_await connection.run(
        "INSERT INTO five (name, note, count, share) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        + std::to_string(rows) + ") SELECT 'name', NULL, i, 0.5 FROM n");
    co_await connection.commit();
    co_await connection.close();
}

/// What the allocator has given and not got back, its own bookkeeping included; 0 where a sanitizer stands in its place.
std::size_t allocated_bytes() {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

asio::awaitable<void> objects_cost_little(az::Engine engine) {
    constexpr std::size_t rows = 20'000;
    co_await fill_five(engine, rows);
    az::Session session{engine};
    (void)co_await session.scalars(az::select<Five>().limit(1)); // what is made once is made
    const auto before = az::orm::live_graph_bytes();
    const auto allocated_before = allocated_bytes();
    auto all = (co_await session.scalars(az::select<Five>())).all();
    REQUIRE(all.size() == rows);
    const auto allocated = allocated_bytes();
    if (allocated > 0) { // all of it: objects, the session's entries, what the statement left behind
        const auto counted = (allocated - allocated_before - all.capacity() * sizeof(all.front())) / rows;
        CAPTURE(counted, sizeof(Plain), sizeof(Five));
        CHECK(counted <= 2 * sizeof(Plain) + 96);
    }
    const auto each = (az::orm::live_graph_bytes() - before) / rows;
    // The session's entry for it: a key, a pointer, the graph, and room in a table that is at most half empty.
    const std::size_t entry = 2 * (sizeof(std::int64_t) + 3 * sizeof(void*));
    CAPTURE(each, entry, sizeof(Plain), sizeof(Five));
    CHECK(each + entry <= 2 * sizeof(Plain) + 96);
}

asio::awaitable<void> a_million_rows_leave_nothing(az::Engine engine) {
    constexpr int rows = 1'000'000;
    co_await fill_five(engine, rows);
    az::Session session{engine};
    const auto before = az::orm::live_graph_bytes();
    std::size_t most = 0;
    std::int64_t sum = 0;
    int seen = 0;
    auto stream = co_await session.stream_scalars(az::select<Five>());
    for (;;) {
        auto object = co_await stream.next();
        if (!object) break;
        sum += *(*object)->count;
        if (++seen % 1000 == 0) most = std::max(most, az::orm::live_graph_bytes() - before);
    }
    CHECK(seen == rows);
    CHECK(sum == std::int64_t{rows} * (rows + 1) / 2);
    CHECK(session.identity_map_size() == 0);
    CHECK(most < 4'000'000); // a batch or two
    co_await session.close();
}

} // namespace

ON_EACH_DATABASE("ownership: a graph is walked both ways after its session, then freed", "[orm.core.handles][orm.state.detached_access]",
                 a_graph_outlives_its_session)
ON_EACH_DATABASE("ownership: a parent's handle does not keep children that are streamed", "[orm.exec.stream][orm.exec.yield_per]",
                 a_parent_does_not_keep_what_points_at_it)
ON_EACH_DATABASE("ownership: a ring of three is freed", "[orm.idmap.weak]", rings_are_freed)
ON_EACH_DATABASE("ownership: what is never flushed is freed", "[orm.core.handles]", what_is_never_flushed_is_freed)
ON_EACH_DATABASE("ownership: handles may be dropped on other threads", "[orm.core.handles]", handles_are_dropped_elsewhere)
ON_EACH_DATABASE("ownership: a stream can be read in pieces and given up", "[orm.exec.stream]", a_stream_can_be_given_up)

TEST_CASE("ownership: a loaded object costs at most two plain structs and 96 bytes", "[integration][orm]") {
    Backend backend{"sqlite"};
    backend.run(objects_cost_little(backend.engine()));
}
TEST_CASE("ownership: a million streamed rows leave the identity map empty", "[integration][orm][orm.idmap.weak]") {
    Backend backend{"sqlite"};
    backend.run(a_million_rows_leave_nothing(backend.engine()));
}
