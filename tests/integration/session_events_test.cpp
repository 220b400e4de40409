// SPDX-License-Identifier: MIT
// What sessions and mapped classes tell, and what who listens may do, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"
#include "support/listening.hpp"

#include <azoth/azoth.hpp>

#include <stdexcept>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;
using namespace domain;

namespace {

using Names = std::vector<std::string>;

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node>();
    co_await models.metadata().create_all(engine);
}

asio::awaitable<std::int64_t> count_authors(az::Session& session) {
    auto statement = az::select(az::func::count()).select_from<Author>();
    co_return co_await session.scalar(statement);
}

std::shared_ptr<Author> author(const char* name) { return az::make<Author>(col<&Author::name> = name); }

asio::awaitable<void> listeners_come_and_go(az::Engine engine) {
    co_await make_tables(engine);
    Names calls;
    Listening listening;
    auto of_class = az::events<Author>();
    auto plain = of_class.before_insert.connect([&](Author& a) { calls.push_back("class " + *a.name); });
    listening += plain;
    listening += of_class.before_insert.connect_first([&](Author&) { calls.emplace_back("first"); });
    listening += of_class.before_insert.connect_once([&](Author&) { calls.emplace_back("once"); });
    listening += az::events<az::ModelBase>().before_insert.connect([&](az::ModelBase& object) {
        calls.push_back("all " + object.orm_state().mapper->class_name);
    });
    az::SessionMaker sessions{engine};
    auto of_all_sessions = sessions.events().before_flush.connect([&] { calls.emplace_back("factory"); });
    auto session = sessions();
    session.events().before_flush.connect([&] { calls.emplace_back("session"); });
    session.add(author("a"));
    co_await session.flush();
    CHECK(calls == Names{"factory", "session", "first", "class a", "once", "all Author"});
    calls.clear();
    CHECK(of_class.before_insert.contains(plain));
    plain.disconnect();
    plain.disconnect(); // again: nothing
    CHECK_FALSE(of_class.before_insert.contains(plain));
    of_all_sessions.disconnect(); // from the sessions that are there, too
    session.add_all(author("b"), az::make<Note>(col<&Note::text> = "n"));
    co_await session.flush();
    CHECK(calls == Names{"session", "first", "all Author", "all Note"});
    calls.clear();
    auto other = sessions();
    other.add(author("c"));
    co_await session.rollback(); // a memory database has one connection
    co_await other.flush();
    CHECK(calls == Names{"first", "all Author"});
    co_await other.rollback();

    // A listener that gives the value to take, and one that refuses.
    listening += az::events<&Author::name>().set.connect_retval([](Author&, const std::string& name, const std::string*) { return name + "!"; });
    listening += az::events<&Author::name>().set.connect([](Author&, const std::string& name, const std::string* old) {
        if (name == "no!") throw std::invalid_argument(old == nullptr ? "unknown" : *old);
    });
    auto ann = author("Ann");
    CHECK(*ann->name == "Ann!");
    CHECK_THROWS_WITH((ann->name = "no"), "Ann!");
    CHECK(*ann->name == "Ann!");
}

asio::awaitable<void> rows_are_announced(az::Engine engine) {
    co_await make_tables(engine);
    Names calls;
    Names warnings;
    Listening listening;
    auto events = az::events<Author>();
    const auto note = [&](auto& signal, const char* name) {
        listening += signal.connect([&calls, name](Author& a) { calls.push_back(std::string{name} + (a.id.is_present() ? " id" : "")); });
    };
    note(events.before_insert, "before_insert");
    note(events.after_insert, "after_insert");
    note(events.before_update, "before_update");
    note(events.after_update, "after_update");
    note(events.before_delete, "before_delete");
    note(events.after_delete, "after_delete");
    listening += events.before_insert.connect([](Author& a) { a.motto = "by a listener"; });
    listening += events.before_update.connect([](Author& a) {
        if (*a.name == "Anna") a.motto = "changed to " + *a.name;
    });
    az::Session session{engine};
    session.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    auto ann = author("Ann");
    session.add(ann);
    co_await session.commit();
    CHECK(calls == Names{"before_insert", "after_insert id"});
    calls.clear();
    session.expire(ann);
    const auto motto = co_await ann->motto.load();
    CHECK(motto == "by a listener");
    ann->name = "Ann"; // no net change: the listeners are asked, no UPDATE follows
    co_await session.flush();
    CHECK(calls == Names{"before_update id", "after_update id"});
    calls.clear();
    ann->name = "Anna";
    co_await session.commit();
    CHECK(calls.size() == 2);
    session.expire(ann);
    CHECK(*co_await ann->motto.load() == "changed to Anna");
    calls.clear();
    auto bulk = az::update<Author>().values(col<&Author::name> = "bulk"); // not for statements of the program's own
    (void)co_await session.execute(bulk);
    CHECK(calls.empty());
    CHECK(warnings.empty());

    // A flush does not take into account what its listeners do to the session.
    listening += events.after_update.connect([&](Author& a) {
        session.add(author("late"));
        a.notes.append(az::make<Note>(col<&Note::text> = "late"));
    });
    (void)co_await ann->notes.load();
    ann->name = "again";
    co_await session.flush();
    REQUIRE(warnings.size() >= 2);
    CHECK_THAT(warnings[0], Contains("session.add()"));
    CHECK_THAT(warnings[1], Contains("session.add()") || Contains("collection"));
    co_await session.rollback();
    // A handler that throws makes it an error.
    session.events().warning.connect([](std::string_view text) { throw std::runtime_error(std::string{text}); });
    co_await session.refresh(ann);
    (void)co_await ann->notes.load();
    ann->name = "once more";
    std::string refused;
    try {
        co_await session.flush();
    } catch (const std::runtime_error& error) {
        refused = error.what();
    }
    CHECK_THAT(refused, Contains("in the middle of a flush"));
    co_await session.rollback();
    calls.clear();
    co_await session.delete_(ann);
    co_await session.flush();
    CHECK(calls == Names{"before_delete id", "after_delete id"});
    co_await session.rollback();
}

asio::awaitable<void> flushes_are_announced(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = author("Ann");
    auto bob = author("Bob");
    session.add_all(ann, bob);
    co_await session.commit();
    auto& events = session.events();
    Names calls;
    // Awaited: it may delete, which may have to load.
    auto prepared = events.prepare_flush.connect([&](az::Session& flushing) -> asio::awaitable<void> {
        calls.emplace_back("prepare");
        co_await flushing.delete_(bob);
        const auto authors = co_await count_authors(flushing); // does not flush on its own
        CHECK(authors == 2);
    });
    auto before = events.before_flush.connect([&] {
        calls.emplace_back("before");
        session.add(author("Carol"));
        ann->motto = "m";
    });
    auto after = events.after_flush.connect([&] {
        calls.emplace_back("after");
        CHECK(session.new_objects().size() == 1); // the lists and histories are what they were
        CHECK(az::get_history(ann->name).deleted == std::vector<std::string>{"Ann"});
    });
    events.after_flush_postexec.connect_once([&] {
        calls.emplace_back("postexec");
        CHECK(session.new_objects().empty());
        CHECK(az::get_history(ann->name).deleted.empty());
    });
    ann->name = "Anna";
    co_await session.flush();
    CHECK(calls == Names{"prepare", "before", "after", "postexec"});
    const auto authors = co_await count_authors(session);
    CHECK(authors == 2); // Bob went, Carol came
    CHECK(az::inspect(*bob).deleted());
    for (auto* connection : {&prepared, &before, &after}) connection->disconnect();
    // What is added after a flush is written by another round of the commit.
    int rounds = 0;
    auto again = events.after_flush_postexec.connect([&] {
        if (++rounds < 4) session.add(author("round"));
    });
    session.add(author("zero"));
    co_await session.commit();
    CHECK(rounds == 4);
    again.disconnect();
    CHECK_FALSE(session.has_changes());
    auto endless = events.after_flush_postexec.connect([&] { session.add(author("endless")); });
    session.add(author("first"));
    std::string refused;
    try {
        co_await session.commit();
    } catch (const az::FlushError& error) {
        refused = error.what();
    }
    CHECK_THAT(refused, Contains("100 flushes"));
    endless.disconnect();
    co_await session.rollback();
    // What a listener throws before the flush leaves the transaction as it is.
    auto thrower = events.before_flush.connect([] { throw std::runtime_error("not now"); });
    ann->name = "Anne";
    bool thrown = false;
    try {
        co_await session.flush();
    } catch (const std::runtime_error&) {
        thrown = true;
    }
    CHECK(thrown);
    thrower.disconnect();
    co_await session.commit();
    CHECK(*ann->name == "Anne");
}

asio::awaitable<void> statements_are_announced(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto ann = author("Ann");
    ann->notes.append(az::make<Note>(col<&Note::text> = "n"));
    session.add_all(ann, author("Bob"), author("Carol"));
    co_await session.commit();
    session.expunge_all();
    Names seen;
    auto& signal = session.events().do_orm_execute;
    auto watch = signal.connect([&](az::ORMExecuteState& state) -> asio::awaitable<void> {
        std::string what = state.is_select() ? "select" : state.is_update() ? "update" : state.is_delete() ? "delete" : "insert";
        if (state.is_relationship_load()) what += " " + std::string{state.relationship()};
        if (state.is_column_load()) what += " columns";
        if (state.parent() != nullptr) what += " of " + state.parent()->orm_state().mapper->class_name;
        seen.push_back(what);
        co_return;
    });
    auto found = (co_await session.scalars(az::select<Author>().options(az::selectinload<&Author::notes>()).where(col<&Author::name> == "Ann"))).one();
    (void)co_await found->books.load();
    session.expire(found);
    (void)co_await found->name.load();
    auto rename = az::update<Author>().values(col<&Author::motto> = "x");
    (void)co_await session.execute(rename);
    CHECK(seen == Names{"select", "select notes", "select books of Author", "select columns of Author", "update"});
    seen.clear();
    found->motto = "flushed"; // a flush is not announced statement by statement
    co_await session.flush();
    CHECK(seen.empty());
    watch.disconnect();

    // A filter on what the program asks for, not on what it loads along.
    auto filter = signal.connect([](az::ORMExecuteState& state) -> asio::awaitable<void> {
        if (state.is_select() && !state.is_column_load() && !state.is_relationship_load()) state.where(col<&Author::name> != "Bob");
        co_return;
    });
    auto names = (co_await session.scalars(az::select<Author>().order_by(col<&Author::name>))).all();
    REQUIRE(names.size() == 2);
    CHECK(*names[1]->name == "Carol");
    filter.disconnect();

    // A result that was kept, and one that a listener makes by executing the statement itself, twice.
    int executed = 0;
    std::optional<az::engine::ResultData> kept;
    auto cache = signal.connect([&](az::ORMExecuteState& state) -> asio::awaitable<void> {
        if (!kept) kept = co_await state.invoke_statement();
        state.result(*kept);
    });
    auto last = signal.connect([&](az::ORMExecuteState&) -> asio::awaitable<void> {
        ++executed;
        co_return;
    });
    auto statement = az::select<Author>();
    auto first = (co_await session.scalars(statement)).all();
    auto second = (co_await session.scalars(statement)).all();
    CHECK(first.size() == 3);
    CHECK(first == second);
    CHECK(executed == 1); // who listens after the cache is asked when that executes it
    cache.disconnect();
    last.disconnect();
    // Another statement, and a listener that uses the session.
    std::int64_t counted = 0;
    auto replace = signal.connect_once([&](az::ORMExecuteState& state) -> asio::awaitable<void> {
        counted = co_await count_authors(state.session());
        state.statement(az::select<Author>().where(col<&Author::name> == "Carol"));
    });
    auto carol = (co_await session.scalars(statement)).one();
    CHECK(*carol->name == "Carol");
    CHECK(counted == 3);
    auto refuse = signal.connect([](az::ORMExecuteState&) -> asio::awaitable<void> {
        throw az::InvalidRequestError("not this one");
        co_return;
    });
    bool refused = false;
    try {
        (void)co_await session.scalars(statement);
    } catch (const az::InvalidRequestError&) {
        refused = true;
    }
    CHECK(refused);
    refuse.disconnect();
    CHECK((co_await session.scalars(statement)).all().size() == 3); // the session is as it was
    co_await session.commit();
}

asio::awaitable<void> transactions_are_announced(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    Names calls;
    auto& events = session.events();
    const auto note = [&](az::orm::Signal<>& signal, const char* name) { signal.connect([&calls, name] { calls.emplace_back(name); }); };
    note(events.after_begin, "begin");
    note(events.before_commit, "before commit");
    note(events.after_commit, "after commit");
    note(events.after_rollback, "rollback");
    note(events.after_soft_rollback, "soft rollback");
    events.after_transaction_create.connect([&](bool nested) { calls.emplace_back(nested ? "create savepoint" : "create"); });
    events.after_transaction_end.connect([&](bool nested) { calls.emplace_back(nested ? "end savepoint" : "end"); });
    session.add(author("a"));
    co_await session.commit();
    CHECK(calls == Names{"before commit", "create", "begin", "after commit", "end"});
    calls.clear();
    session.begin();
    session.add(author("b"));
    auto savepoint = co_await session.begin_nested();
    session.add(author("c"));
    co_await session.flush();
    co_await savepoint.rollback();
    co_await session.rollback();
    CHECK(calls == Names{"create", "begin", "create savepoint", "begin", "rollback", "soft rollback", "end savepoint", "rollback",
                         "soft rollback", "end"});
    calls.clear();
    co_await session.commit();
    CHECK(calls == Names{"before commit"}); // nothing had begun
}

asio::awaitable<void> objects_pass_through_states(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    Names calls;
    auto& events = session.events();
    const auto note = [&](az::orm::Signal<az::ModelBase&>& signal, const char* name) {
        signal.connect([&calls, name](az::ModelBase&) { calls.emplace_back(name); });
    };
    note(events.transient_to_pending, "transient to pending");
    note(events.pending_to_transient, "pending to transient");
    note(events.pending_to_persistent, "pending to persistent");
    note(events.loaded_as_persistent, "loaded");
    note(events.persistent_to_transient, "persistent to transient");
    note(events.persistent_to_deleted, "persistent to deleted");
    note(events.deleted_to_persistent, "deleted to persistent");
    note(events.deleted_to_detached, "deleted to detached");
    note(events.persistent_to_detached, "persistent to detached");
    note(events.detached_to_persistent, "detached to persistent");
    const auto happened = [&](const Names& expected) {
        CHECK(calls == expected);
        calls.clear();
    };
    auto ann = author("Ann");
    session.add(ann);
    happened({"transient to pending"});
    session.expunge(ann);
    happened({"pending to transient"});
    session.add(ann);
    co_await session.flush();
    happened({"transient to pending", "pending to persistent"});
    co_await session.rollback();
    happened({"persistent to transient"});
    session.add(ann);
    co_await session.commit();
    calls.clear();
    session.expunge(ann);
    session.add(ann);
    happened({"persistent to detached", "detached to persistent"});
    co_await session.delete_(ann);
    co_await session.flush();
    happened({"persistent to deleted"});
    co_await session.rollback();
    happened({"deleted to persistent"});
    co_await session.delete_(ann);
    co_await session.commit();
    happened({"persistent to deleted", "deleted to detached"});
    session.add(author("Bob"));
    co_await session.commit();
    calls.clear();
    {
        auto bob = (co_await session.scalars(az::select<Author>())).one();
        CHECK(*bob->name == "Bob");
    }
    happened({"loaded"});
    {
        az::Session dropped{engine};
        dropped.events().pending_to_transient.connect([&](az::ModelBase&) { calls.emplace_back("told"); });
    }
    CHECK(calls.empty());
    co_await session.close();
}

asio::awaitable<void> warnings_reach_session_and_engine(az::Engine engine) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto note = az::make<Note>(col<&Note::text> = "n");
    session.add(note);
    co_await session.commit();
    Names of_session;
    Names of_engine;
    auto heard = engine.events().warning.connect([&](std::string_view text) { of_engine.emplace_back(text); });
    auto told = session.events().warning.connect([&](std::string_view text) { of_session.emplace_back(text); });
    const auto delete_behind = [&]() -> asio::awaitable<void> {
        auto* connection = co_await session.connection();
        auto statement = az::delete_<Note>();
        (void)co_await connection->execute(statement);
        co_await session.delete_(note);
    };
    co_await delete_behind();
    co_await session.flush(); // the row is gone: no error, a warning
    REQUIRE(of_session.size() == 1);
    CHECK_THAT(of_session[0], Contains("DELETE of 1 row(s) of 'note' matched 0"));
    CHECK(of_engine == of_session);
    co_await session.rollback();
    told.disconnect();
    heard.disconnect();
    session.events().warning.connect([](std::string_view text) { throw az::InvalidRequestError(std::string{text}); });
    co_await session.refresh(note);
    co_await delete_behind();
    std::string error;
    try {
        co_await session.flush();
    } catch (const az::InvalidRequestError& promoted) {
        error = promoted.what();
    }
    CHECK_THAT(error, Contains("matched 0"));
    co_await session.rollback();
}

} // namespace

ON_EACH_DATABASE("session events: listeners of a class, of all, of a session, of a factory come and go", "[orm.event.api]", listeners_come_and_go)
ON_EACH_DATABASE("session events: before and after each row", "[mapper_events]", rows_are_announced)
ON_EACH_DATABASE("session events: before, after and behind a flush", "[orm.event.flush][orm.async.run_inside]", flushes_are_announced)
ON_EACH_DATABASE("session events: statements may be changed, replaced and answered", "[orm.event.do_orm_execute]", statements_are_announced)
ON_EACH_DATABASE("session events: transactions and savepoints", "[orm.event.tx]", transactions_are_announced)
ON_EACH_DATABASE("session events: ten changes of an object's state", "[orm.event.lifecycle]", objects_pass_through_states)
ON_EACH_DATABASE("session events: warnings reach who listens, and may be errors", "[orm.exc.warnings][orm.mapper.confirm_deleted]", warnings_reach_session_and_engine)
