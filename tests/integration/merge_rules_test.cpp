// SPDX-License-Identifier: MIT
// What merging takes for one object and what for a new one, on every database; relationships with conditions of their own, loaded for many.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"
#include "support/domain.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <string>
#include <vector>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;
using namespace domain;

namespace {
namespace counted {

struct Page : az::Model<Page> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> text;
    az::Mapped<std::int64_t> version;
    static void map(az::Mapper<Page>& m) {
        m.table("page");
        m.column<&Page::id>(az::primary_key);
        m.column<&Page::text>(az::String{50});
        m.version_id<&Page::version>();
    }
};

struct Post;
struct Blog : az::Model<Blog> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> lang;
    az::Mapped<std::optional<std::int64_t>> pinned_id;
    az::Collection<Post> published; // those that are, in the blog's language
    az::Related<Post> pinned;       // if it is published
    static void map(az::Mapper<Blog>& m);
};
struct Post : az::Model<Post> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> title;
    az::Mapped<std::string> lang;
    az::Mapped<bool> published;
    az::Mapped<std::optional<std::int64_t>> blog_id;
    static void map(az::Mapper<Post>& m);
};
void Blog::map(az::Mapper<Blog>& m) {
    m.table("blog");
    m.column<&Blog::id>(az::primary_key);
    m.column<&Blog::lang>(az::String{5});
    m.column<&Blog::pinned_id>(az::foreign_key<&Post::id>());
    m.relationship<&Blog::published>(
        az::primaryjoin([] {
            return col<&Blog::id> == col<&Post::blog_id> && col<&Post::published> == true && col<&Blog::lang> == col<&Post::lang>;
        }),
        az::foreign_keys<&Post::blog_id>(), az::order_by<&Post::title>(), az::viewonly);
    m.relationship<&Blog::pinned>(
        az::primaryjoin([] { return col<&Blog::pinned_id> == col<&Post::id> && col<&Post::published> == true; }),
        az::foreign_keys<&Blog::pinned_id>(), az::viewonly);
}
void Post::map(az::Mapper<Post>& m) {
    m.table("post");
    m.column<&Post::id>(az::primary_key);
    m.column<&Post::title>(az::String{50});
    m.column<&Post::lang>(az::String{5});
    m.column<&Post::published>();
    m.column<&Post::blog_id>();
}

} // namespace counted
using namespace counted;

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Author, Book, Note, Node, Page, Blog, Post>();
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<Author> author(const char* name) { return az::make<Author>(col<&Author::name> = name); }
std::shared_ptr<Book> book(const char* title) { return az::make<Book>(col<&Book::title> = title); }

template <class T>
asio::awaitable<std::int64_t> count(az::Session& session) {
    auto statement = az::select(az::func::count()).select_from<T>();
    co_return co_await session.scalar(statement);
}

asio::awaitable<void> merging_has_rules(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto page = az::make<Page>(col<&Page::id> = 1, col<&Page::text> = "first");
    session.add(page);
    co_await session.commit();
    // Another version than the row's.
    auto stale = az::make<Page>(col<&Page::id> = 1, col<&Page::text> = "mine", col<&Page::version> = 7);
    bool refused = false;
    try {
        (void)co_await session.merge(stale);
    } catch (const az::StaleDataError&) {
        refused = true;
    }
    CHECK(refused);
    auto same = az::make<Page>(col<&Page::id> = 1, col<&Page::text> = "mine", col<&Page::version> = 1);
    auto merged_page = co_await session.merge(same);
    CHECK(merged_page == page);
    auto unversioned = az::make<Page>(col<&Page::id> = 1, col<&Page::text> = "mine"); // says nothing about it
    merged_page = co_await session.merge(unversioned);
    CHECK(merged_page == page);
    co_await session.commit();
    CHECK(*page->version == 2);

    // A key that is not there: a new row, without a question.
    log.clear();
    auto fresh = co_await session.merge(author("Ann"));
    CHECK(az::inspect(*fresh).pending());
    CHECK(log.count("SELECT") == 0);
    co_await session.commit();

    // New in the same session: told, and copied all the same.
    std::vector<std::string> warnings;
    auto told = session.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    auto pending = author("Bob");
    session.add(pending);
    {
        const auto quiet = session.no_autoflush();
        auto twice = co_await session.merge(pending);
        CHECK(twice != pending);
    }
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], Contains("new in this session already"));
    co_await session.rollback();
    told.disconnect();

    // Two objects of one row become one, in one call.
    std::vector<std::shared_ptr<Author>> both{
        az::make<Author>(col<&Author::id> = 50, col<&Author::name> = "one"), az::make<Author>(col<&Author::id> = 50, col<&Author::name> = "two"),
        az::make<Author>(col<&Author::id> = 51, col<&Author::name> = "three")};
    auto all = co_await session.merge_all(both);
    REQUIRE(all.size() == 3);
    CHECK(all[0] == all[1]);
    CHECK(*all[0]->name == "two"); // the last has its way
    CHECK(all[2] != all[0]);
    co_await session.commit();
    auto authors = co_await count<Author>(session);
    CHECK(authors == 3);
    const std::vector<std::shared_ptr<Author>> nobody;
    const auto merged_nobody = co_await session.merge_all(nobody);
    CHECK(merged_nobody.empty());

    // Members that the source does not have are orphans.
    auto owner = all[0];
    owner->books.append(book("keep"));
    owner->books.append(book("drop"));
    co_await session.commit();
    const auto keep_id = *owner->books[0]->id;
    session.expunge_all();
    auto source = az::make<Author>(col<&Author::id> = 50, col<&Author::name> = "two");
    auto kept = az::make<Book>(col<&Book::id> = keep_id, col<&Book::title> = "kept");
    auto added = book("added");
    source->books.append(kept);
    source->books.append(added);
    auto target = co_await session.merge(source);
    REQUIRE(target->books.size() == 2);
    CHECK(target->books[0] != kept);
    co_await session.commit();
    auto books = (co_await session.scalars(az::select<Book>().order_by(col<&Book::title>))).all();
    REQUIRE(books.size() == 2);
    CHECK(*books[0]->title == "added");
    CHECK(*books[1]->title == "kept");
    CHECK(az::inspect(*added).transient()); // the source is as it was

    // What is loaded along with the row.
    session.expunge_all();
    auto plain = az::make<Author>(col<&Author::id> = 50, col<&Author::name> = "again");
    auto with_notes = co_await session.merge(plain, az::selectinload<&Author::notes>());
    CHECK(with_notes->notes.is_loaded());
    CHECK_FALSE(with_notes->books.is_loaded());
    co_await session.rollback();
    session.expunge_all();
    auto without = co_await session.merge(plain);
    CHECK_FALSE(without->notes.is_loaded());
    co_await session.rollback();
    co_await session.close();
}

asio::awaitable<void> conditions_load_for_many(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    for (int i = 1; i <= 3; ++i) {
        auto blog = az::make<Blog>(col<&Blog::id> = i, col<&Blog::lang> = i == 2 ? "de" : "en");
        session.add(blog);
        for (int k = 0; k < 4; ++k)
            session.add(az::make<Post>(
                col<&Post::id> = i * 10 + k, col<&Post::title> = std::to_string(9 - k), col<&Post::lang> = k == 3 ? "de" : "en",
                col<&Post::published> = k != 0, col<&Post::blog_id> = i));
    }
    co_await session.flush();
    for (const auto& blog : (co_await session.scalars(az::select<Blog>())).all()) {
        if (*blog->id == 1) blog->pinned_id = 11;
        if (*blog->id == 2) blog->pinned_id = 20; // not published
    }
    co_await session.commit();
    session.expunge_all();
    log.clear();
    auto blogs = (co_await session.scalars(
        az::select<Blog>().options(az::selectinload<&Blog::published>(), az::selectinload<&Blog::pinned>()).order_by(col<&Blog::id>))).all();
    CHECK(log.count("SELECT") == 3); // not one for each owner
    REQUIRE(blogs.size() == 3);
    REQUIRE(blogs[0]->published.size() == 2);
    CHECK(*blogs[0]->published[0]->title == "7"); // in order
    CHECK(*blogs[0]->published[1]->title == "8");
    REQUIRE(blogs[1]->published.size() == 1);
    CHECK(*blogs[1]->published[0]->lang == "de");
    CHECK(blogs[2]->published.size() == 2);
    REQUIRE(blogs[0]->pinned);
    CHECK(*blogs[0]->pinned->id == 11);
    CHECK_FALSE(blogs[1]->pinned);
    CHECK_FALSE(blogs[2]->pinned);
    // The same one by one.
    session.expunge_all();
    auto one = (co_await session.scalars(az::select<Blog>().where(col<&Blog::id> == 1))).one();
    const auto published = co_await one->published.load();
    CHECK(published.size() == 2);
    auto pinned = co_await one->pinned.load();
    CHECK(*pinned->id == 11);
    co_await session.close();
}

} // namespace

ON_EACH_DATABASE("merging: what is one object, and what is new", "[orm.merge.rules]", merging_has_rules)
ON_EACH_DATABASE("merging: conditions of one's own are loaded for many by one statement", "[selectin_join]", conditions_load_for_many)
