// SPDX-License-Identifier: MIT
// The unit of work without its session: which statements, in which order, without a database.
#include "support/catch.hpp"
#include "support/domain.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/orm/unit_of_work.hpp>

#include <stdexcept>

namespace az = azoth;
using az::col;
using namespace domain;

namespace {

/// Plays a flush without a database: every statement with its parameter rows; generated keys count up from 1.
std::vector<std::string> flush(az::orm::SessionState& session) {
    std::vector<std::string> log;
    std::int64_t next_key = 1;
    az::orm::UnitOfWork work{session};
    if (work.empty()) return log;
    while (const auto load = work.next_load()) throw std::logic_error("a link would have to be loaded");
    while (const auto step = work.next_step(true)) {
        for (const auto& batch : step->batches) {
            const auto statement = az::orm::batch_statement(batch, false);
            const auto compiled = az::dialects::sqlite()->compile(*statement, az::sql::collect_binds(*statement));
            std::vector<az::Value> scratch;
            const auto params = az::orm::batch_params(batch, scratch);
            auto line = compiled->sql;
            const auto width = params.size() / batch.objects.size();
            for (std::size_t row = 0; row < batch.objects.size(); ++row) {
                line += " [";
                for (std::size_t k = 0; k < width; ++k)
                    line += (k > 0 ? ", " : "") + az::to_string(params[row * width + k]);
                line += "]";
            }
            log.push_back(line);
            for (auto* object : batch.objects)
                for (const auto index : batch.fetch) {
                    const auto& info = batch.mapper->attributes[index];
                    auto& attribute = az::orm::MapperData::attribute(*object, info);
                    info.operations->assign(attribute, az::Value{next_key++});
                    attribute.set_flags(az::orm::AttributeBase::present);
                }
        }
    }
    work.finish();
    return log;
}

using Log = std::vector<std::string>;

} // namespace

TEST_CASE("flush: parents come before children, whatever was added first, and keys are passed on",
          "[orm][flush][orm.flush.order][orm.rel.many_to_one]") {
    az::orm::SessionState session;
    auto book = az::make<Book>(col<&Book::title> = "One", col<&Book::pages> = 7);
    auto author = az::make<Author>(col<&Author::name> = "Ann");
    session.add(*book);
    book->author = author;
    CHECK(flush(session) == Log{
        "INSERT INTO author (name, motto) VALUES (?, ?) ['Ann', NULL]",
        "INSERT INTO book (title, pages, author_id) VALUES (?, ?, ?) ['One', 7, 1]"});
    CHECK(*author->id == 1);
    CHECK(*book->author_id == 1);
    CHECK(flush(session).empty());
}

TEST_CASE("flush: rows of one shape share a statement",
          "[orm][flush][orm.flush.insert_batch][orm.flush.insert_shape]") {
    az::orm::SessionState session;
    for (int i = 10; i < 13; ++i) session.add(*az::make<Author>(col<&Author::id> = i, col<&Author::name> = "x"));
    CHECK(flush(session) == Log{
        "INSERT INTO author (id, name, motto) VALUES (?, ?, ?) [10, 'x', NULL] [11, 'x', NULL] [12, 'x', NULL]"});
}

TEST_CASE("flush: a column's default fills what was not set", "[orm][flush][orm.col.defaults]") {
    az::orm::SessionState session;
    auto author = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "x");
    author->books.append(az::make<Book>(col<&Book::title> = "One"));
    session.add(*author);
    CHECK(flush(session).at(1) == "INSERT INTO book (title, pages, author_id) VALUES (?, ?, ?) ['One', 100, 1]");
}

TEST_CASE("flush: only columns that really changed are written", "[orm][flush][orm.flush.update]") {
    az::orm::SessionState session;
    auto author = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "Ann");
    session.add(*author);
    (void)flush(session);
    author->name = "Ann";
    CHECK(flush(session).empty());
    author->motto = "Onward";
    CHECK(flush(session) == Log{"UPDATE author SET motto=? WHERE author.id = ? ['Onward', 1]"});
    author->motto = az::null;
    CHECK(flush(session) == Log{"UPDATE author SET motto=? WHERE author.id = ? [NULL, 1]"});
}

TEST_CASE("flush: updates come before inserts of the same class, in key order",
          "[orm][flush][orm.flush.row_order][orm.flush.update]") {
    az::orm::SessionState session;
    auto two = az::make<Author>(col<&Author::id> = 2, col<&Author::name> = "b");
    auto one = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "a");
    session.add(*two);
    session.add(*one);
    (void)flush(session);
    session.add(*az::make<Author>(col<&Author::id> = 3, col<&Author::name> = "c"));
    two->name = "B";
    one->name = "A";
    CHECK(flush(session) == Log{
        "UPDATE author SET name=? WHERE author.id = ? ['A', 1] ['B', 2]",
        "INSERT INTO author (id, name, motto) VALUES (?, ?, ?) [3, 'c', NULL]"});
}

TEST_CASE("flush: a changed primary key finds the row by its old value",
          "[orm][flush][orm.relpersist.mutable_pk]") {
    az::orm::SessionState session;
    auto author = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "a");
    session.add(*author);
    (void)flush(session);
    author->id = 5;
    CHECK(flush(session) == Log{"UPDATE author SET id=? WHERE author.id = ? [5, 1]"});
    az::orm::GraphRef owner;
    CHECK(session.identity_map.find(az::mapper_of<Author>(), std::int64_t{5}, owner) == author.get());
}

TEST_CASE("flush: removing a child without delete-orphan sets its key to NULL",
          "[orm][flush][orm.rel.one_to_many]") {
    az::orm::SessionState session;
    auto author = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "a");
    auto note = az::make<Note>(col<&Note::id> = 1, col<&Note::text> = "n");
    author->notes.append(note);
    session.add(*author);
    (void)flush(session);
    author->notes.remove(note);
    CHECK(flush(session) == Log{"UPDATE note SET author_id=? WHERE note.id = ? [NULL, 1]"});
    CHECK(*note->author_id == std::nullopt);
}

TEST_CASE("flush: a child that moves takes the new parent's key", "[orm][flush][orm.cascade.delete_orphan]") {
    az::orm::SessionState session;
    auto first = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "a");
    auto second = az::make<Author>(col<&Author::id> = 2, col<&Author::name> = "b");
    auto book = az::make<Book>(col<&Book::id> = 1, col<&Book::title> = "t");
    first->books.append(book);
    session.add(*first);
    session.add(*second);
    (void)flush(session);
    second->books.append(book);
    CHECK_FALSE(az::orm::is_orphan(*book));
    CHECK(flush(session) == Log{"UPDATE book SET author_id=? WHERE book.id = ? [2, 1]"});
}

TEST_CASE("flush: deleting goes children first, and spares children that stay",
          "[orm][flush][orm.flush.order]") {
    az::orm::SessionState session;
    auto author = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "a");
    author->books.append(az::make<Book>(col<&Book::id> = 1, col<&Book::title> = "t"));
    author->books.append(az::make<Book>(col<&Book::id> = 2, col<&Book::title> = "u"));
    author->notes.append(az::make<Note>(col<&Note::id> = 1, col<&Note::text> = "n"));
    session.add(*author);
    (void)flush(session);
    session.mark_deleted(*author);
    for (const auto& book : author->books) session.mark_deleted(*book);
    CHECK(flush(session) == Log{
        "UPDATE note SET author_id=? WHERE note.id = ? [NULL, 1]",
        "DELETE FROM book WHERE book.id = ? [1] [2]",
        "DELETE FROM author WHERE author.id = ? [1]"});
    CHECK(author->orm_state().lifecycle == az::orm::Lifecycle::deleted);
}

TEST_CASE("flush: a tree is written level by level and deleted from its leaves",
          "[orm][flush][orm.flush.cycles][orm.rel.self_ref]") {
    az::orm::SessionState session;
    auto root = az::make<Node>(col<&Node::name> = "root");
    auto left = az::make<Node>(col<&Node::name> = "left");
    auto right = az::make<Node>(col<&Node::name> = "right");
    auto leaf = az::make<Node>(col<&Node::name> = "leaf");
    leaf->parent = left;
    left->parent = root;
    right->parent = root;
    session.add(*leaf);
    session.add(*right);
    CHECK(flush(session) == Log{
        "INSERT INTO node (name, parent_id) VALUES (?, ?) ['root', NULL]",
        "INSERT INTO node (name, parent_id) VALUES (?, ?) ['left', 1] ['right', 1]",
        "INSERT INTO node (name, parent_id) VALUES (?, ?) ['leaf', 2]"});
    for (auto* node : {root.get(), left.get(), right.get(), leaf.get()}) session.mark_deleted(*node);
    CHECK(flush(session) == Log{
        "DELETE FROM node WHERE node.id = ? [3] [4]",
        "DELETE FROM node WHERE node.id = ? [2]",
        "DELETE FROM node WHERE node.id = ? [1]"});
}

TEST_CASE("flush: objects in a ring cannot be ordered", "[orm][flush][orm.flush.cycles]") {
    az::orm::SessionState session;
    auto a = az::make<Node>(col<&Node::name> = "a");
    auto b = az::make<Node>(col<&Node::name> = "b");
    a->parent = b;
    b->parent = a;
    session.add(*a);
    CHECK_THROWS_AS(flush(session), az::CircularDependencyError);
}

TEST_CASE("flush: an orphan is deleted, an adopted one is not",
          "[orm][flush][orm.cascade.delete_orphan][orm.flush.orphans]") {
    az::orm::SessionState session;
    auto author = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "a");
    auto book = az::make<Book>(col<&Book::id> = 1, col<&Book::title> = "t");
    author->books.append(book);
    session.add(*author);
    (void)flush(session);
    author->books.remove(book);
    CHECK(az::orm::is_orphan(*book));
    CHECK(flush(session) == Log{"DELETE FROM book WHERE book.id = ? [1]"});
}

TEST_CASE("flush: a new object that takes a deleted one's key becomes an UPDATE of the row", "[orm][flush]") {
    az::orm::SessionState session;
    auto before = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "a", col<&Author::motto> = "m");
    session.add(*before);
    (void)flush(session);
    session.mark_deleted(*before);
    auto after = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "b");
    session.add(*after);
    CHECK(flush(session) == Log{"UPDATE author SET name=? WHERE author.id = ? ['b', 1]"});
    az::orm::GraphRef owner;
    CHECK(session.identity_map.find(az::mapper_of<Author>(), std::int64_t{1}, owner) == after.get());
}

TEST_CASE("flush: a deep tree takes no stack", "[orm][flush]") {
    az::orm::SessionState session;
    std::vector<std::shared_ptr<Node>> nodes;
    for (int i = 1; i <= 5000; ++i) {
        nodes.push_back(az::make<Node>(col<&Node::id> = i, col<&Node::name> = "n"));
        if (i > 1) nodes.back()->parent = nodes[nodes.size() - 2];
    }
    session.add(*nodes.back());
    CHECK(flush(session).size() == 5000);
}

TEST_CASE("rollback: new objects are transient again, others expired", "[orm][session][orm.tx.rollback]") {
    az::orm::SessionState session;
    auto kept = az::make<Author>(col<&Author::id> = 100, col<&Author::name> = "a");
    session.add(*kept);
    (void)flush(session);
    session.after_commit(false);
    kept->name = "changed";
    auto added = az::make<Author>(col<&Author::name> = "b");
    session.add(*added);
    (void)flush(session);
    session.after_rollback();
    CHECK(added->orm_state().lifecycle == az::orm::Lifecycle::transient);
    CHECK(added->orm_state().session == nullptr);
    CHECK(*added->name == "b");
    CHECK(*added->id == 1); // as in SQLAlchemy: add() again writes it
    CHECK_THROWS_AS(*kept->name, az::NotLoadedError);
    CHECK(*kept->id == 100);
    CHECK(kept->orm_state().lifecycle == az::orm::Lifecycle::persistent);
}
