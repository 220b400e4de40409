// SPDX-License-Identifier: MIT
// The forms a mapping can take, on every database.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"

#include <azoth/azoth.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;

namespace {
namespace shop {
enum class Status { draft, published, retired };
}
} // namespace
template <>
struct az::EnumNames<shop::Status> {
    static constexpr std::array names{"draft", "published", "retired"};
};

namespace {
namespace shop {

// A mixin: columns that several classes share.
struct Timestamped {
    az::Mapped<az::Timestamp> created_at;

    template <class Entity>
    static void map_timestamps(az::Mapper<Entity>& m) {
        m.template column<&Entity::created_at>(az::server_default(az::func::now()));
    }
};

// A composite value: one attribute, two columns.
struct Size {
    std::int32_t width{}, height{};
    bool operator==(const Size&) const = default;
};

struct Article;

struct Section : az::Model<Section>, Timestamped {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> article_id;
    az::Mapped<std::int32_t> position; // kept by the ordered collection
    az::Mapped<std::string> heading;

    static void map(az::Mapper<Section>& m);
};

struct Tag : az::Model<Tag> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Article> articles;

    static void map(az::Mapper<Tag>& m);
};

struct Visit : az::Model<Visit> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> article_id;

    static void map(az::Mapper<Visit>& m);
};

struct Article : az::Model<Article>, Timestamped {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> title;
    az::Mapped<std::string> body; // deferred: loaded when asked for
    az::Mapped<Status> status;
    az::Mapped<az::Json> attributes;
    az::Mapped<std::int32_t> version; // optimistic locking
    az::Composite<Size> cover;
    az::Mapped<std::int64_t> tag_count; // a SQL expression, not a column
    az::Collection<Tag, az::KeyedBy<&Tag::name>> tags; // many-to-many, a map by name
    az::Collection<Section, az::OrderedBy<&Section::position>> sections;
    az::WriteOnly<Visit> visits; // never loaded whole

    static void map(az::Mapper<Article>& m);
};

// A hybrid: the same rule on an object and in SQL.
inline constexpr auto is_public = az::hybrid<&Article::status>([](const auto& status) { return status == Status::published; });
inline constexpr auto is_bigger = az::hybrid<&Article::version>([](const auto& version, std::int32_t than) { return version > than; })
                                      .expression([](const auto& version, std::int32_t than) { return !(version <= than); })
                                      .setter([](auto& version, std::int32_t value) { version = value; });
inline constexpr auto headline = az::synonym<&Article::title>();

struct Category : az::Model<Category> { // an adjacency list
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> parent_id;
    az::Related<Category> parent;
    az::Collection<Category> children;

    static void map(az::Mapper<Category>& m);
};

void Section::map(az::Mapper<Section>& m) {
    m.table("section");
    map_timestamps(m);
    m.column<&Section::id>(az::primary_key);
    m.column<&Section::article_id>(az::foreign_key<&Article::id>(az::ondelete("CASCADE")));
    m.column<&Section::position>();
    m.column<&Section::heading>(az::String{120});
}
void Tag::map(az::Mapper<Tag>& m) {
    m.table("tag", az::table_comment("what articles are about"));
    m.column<&Tag::id>(az::primary_key);
    m.column<&Tag::name>(az::String{40}, az::unique);
    m.relationship<&Tag::articles>(az::secondary("article_tag"), az::back_populates<&Article::tags>());
}
void Visit::map(az::Mapper<Visit>& m) {
    m.table("visit");
    m.column<&Visit::id>(az::primary_key);
    m.column<&Visit::article_id>(az::foreign_key<&Article::id>());
}
void Article::map(az::Mapper<Article>& m) {
    m.table(
        "article", az::Index{"ix_article_title", "title"}, az::CheckConstraint{"version > 0"},
        az::UniqueConstraint{"title", "version", az::named("uq_title")});
    map_timestamps(m);
    m.column<&Article::id>(az::primary_key);
    m.column<&Article::title>(az::String{200});
    m.column<&Article::body>(az::Text{}, az::deferred);
    m.column<&Article::status>(az::default_(Status::draft));
    m.column<&Article::attributes>();
    m.version_id<&Article::version>();
    m.composite<&Article::cover>(az::field<&Size::width>("cover_width"), az::field<&Size::height>("cover_height"));
    m.relationship<&Article::tags>(az::secondary("article_tag"), az::back_populates<&Tag::articles>());
    m.relationship<&Article::sections>(az::cascade("all, delete-orphan"));
    m.relationship<&Article::visits>(az::passive_deletes);
    m.column_property<&Article::tag_count>([] {
        const auto link = az::secondary_table<&Article::tags>();
        return az::select(az::func::count()).select_from(link).where(link.c("article_id") == col<&Article::id>).scalar_subquery();
    });
}
void Category::map(az::Mapper<Category>& m) {
    m.table("category");
    m.column<&Category::id>(az::primary_key);
    m.column<&Category::name>(az::String{60});
    m.column<&Category::parent_id>(az::foreign_key<&Category::id>());
    m.relationship<&Category::parent>(az::remote_side<&Category::id>(), az::back_populates<&Category::children>());
    m.relationship<&Category::children>(az::back_populates<&Category::parent>());
}

} // namespace shop

using namespace shop;

std::shared_ptr<Article> on_solvents() {
    auto article = az::make<Article>(
        col<&Article::title> = "On solvents", col<&Article::body> = "…", col<&Article::attributes> = az::Json{{"language", "en"}});
    article->cover = Size{640, 480};
    article->tags.add(az::make<Tag>(col<&Tag::name> = "alchemy"));
    article->sections.append(az::make<Section>(col<&Section::heading> = "First"));
    article->sections.insert(0, az::make<Section>(col<&Section::heading> = "Preface"));
    return article;
}

asio::awaitable<void> save_sample(az::Engine engine) {
    az::Registry models;
    models.add<Article, Section, Tag, Visit, Category>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    session.add(on_solvents());
    co_await session.commit();
}

asio::awaitable<void> every_form(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto statement = az::select<Article>()
                         .where(!is_public())
                         .where(col<&Article::cover> == Size{640, 480})
                         .where(col<&Article::created_at, Article> <= az::func::now())
                         .options(az::selectinload<&Article::sections>(), az::selectinload<&Article::tags>(), az::undefer<&Article::body>());
    auto found = co_await session.scalars(statement);
    auto one = found.unique().one();
    CHECK(*one->title == "On solvents");
    CHECK(*one->body == "…");
    CHECK(*one->status == Status::draft);
    CHECK((*one->attributes)["language"] == "en");
    CHECK(one->sections.size() == 2);
    CHECK(one->tags.contains("alchemy"));
    CHECK(!one->tags.contains("chemistry"));
    CHECK(!is_public(*one));
    CHECK(*one->tag_count == 1);
    CHECK(*one->version == 1);

    one->visits.add(az::make<Visit>());
    co_await session.flush();
    auto visits = co_await session.scalars(one->visits.select().limit(10));
    CHECK(visits.all().size() == 1);

    auto change = az::update<Article>().values(col<&Article::version> = 99);
    (void)co_await session.execute(change);
    one->title = "On universal solvents";
    std::string stale;
    try {
        co_await session.commit();
    } catch (const az::StaleDataError& error) {
        stale = error.what();
    }
    CHECK(stale.find("Article") != std::string::npos);
    CHECK(stale.find("version") != std::string::npos);
    co_await session.rollback();
}

asio::awaitable<void> positions_follow_the_list(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto by_position = az::select(col<&Section::heading>, col<&Section::position>).order_by(col<&Section::position>);
    std::vector<std::string> seen;
    for (const auto& [heading, position] : co_await session.execute(by_position)) seen.push_back(heading + std::to_string(position));
    CHECK(seen == std::vector<std::string>{"Preface0", "First1"});

    auto article = (co_await session.scalars(az::select<Article>().options(az::selectinload<&Article::sections>()))).one();
    article->sections.insert(1, az::make<Section>(col<&Section::heading> = "Middle"));
    article->sections.pop(0);
    co_await session.commit();
    seen.clear();
    for (const auto& [heading, position] : co_await session.execute(by_position)) seen.push_back(heading + std::to_string(position));
    CHECK(seen == std::vector<std::string>{"Middle0", "First1"});
}

asio::awaitable<void> column_properties_are_expressions(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto with_tags = az::select<Article>().where(col<&Article::tag_count> > 0).order_by(col<&Article::tag_count>);
    auto article = (co_await session.scalars(with_tags)).one();
    auto tags = co_await article->tags.load();
    CHECK(tags.size() == 1);
    article->tags.add(az::make<Tag>(col<&Tag::name> = "history"));
    article->title = "changed";
    co_await session.flush();
    CHECK_THROWS_AS(*article->tag_count, az::NotLoadedError); // it took part in a flush
    const auto count = co_await article->tag_count.load();
    CHECK(count == 2);
    article->tag_count = 7; // in memory only
    co_await session.flush();
    const auto again = co_await article->tag_count.load();
    CHECK(again == 2);
    CHECK_THROWS_AS(az::update<Article>().values(col<&Article::tag_count> = 1), az::ArgumentError);
}

asio::awaitable<void> deferred_columns_wait(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto article = (co_await session.scalars(az::select<Article>())).one();
    CHECK_THROWS_AS(*article->body, az::NotLoadedError);
    const auto body = co_await article->body.load();
    CHECK(body == "…");
    co_await session.commit();
    article->body = "set";
    co_await session.commit();
    co_await session.refresh(article);
    CHECK_THROWS_AS(*article->body, az::NotLoadedError);
    const auto stored = co_await article->body.load();
    CHECK(stored == "set");
}

asio::awaitable<void> composites_are_compared_and_selected(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto covers = az::select(col<&Article::title>, col<&Article::cover>).where(col<&Article::cover> != Size{1, 2});
    const auto row = (co_await session.execute(covers)).one();
    CHECK(std::get<0>(row) == "On solvents");
    CHECK(std::get<1>(row) == Size{640, 480});
    auto larger = az::select<Article>().where(col<&Article::cover> > Size{639, 479});
    CHECK((co_await session.scalars(larger)).all().size() == 1);
    auto smaller = az::select<Article>().where(col<&Article::cover> > Size{639, 480});
    CHECK((co_await session.scalars(smaller)).all().empty());
    auto article = (co_await session.scalars(az::select<Article>())).one();
    CHECK(article->cover->width == 640);
    article->cover = Size{640, 481};
    co_await session.commit();
    session.expire(article);
    const auto cover = co_await article->cover.load();
    CHECK(cover == Size{640, 481});
}

asio::awaitable<void> hybrids_and_synonyms(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto article = (co_await session.scalars(az::select<Article>().where(headline == "On solvents").where(is_bigger(0)))).one();
    CHECK(is_bigger(*article, 0));
    CHECK_FALSE(is_bigger(*article, 1));
    CHECK(headline(*article) == "On solvents");
    headline(*article) = "Renamed";
    CHECK(*article->title == "Renamed");
    article->status = Status::published;
    CHECK(is_public(*article));
    co_await session.commit();
    auto statement = az::select(az::func::count()).select_from<Article>().where(is_public());
    const auto open = co_await session.scalar(statement);
    CHECK(open == 1);
    is_bigger.set(*article, 5);
    CHECK(*article->version == 5);
    co_await session.rollback();
}

asio::awaitable<void> maps_find_by_key(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto article = (co_await session.scalars(az::select<Article>().options(az::selectinload<&Article::tags>()))).one();
    auto alchemy = article->tags.find("alchemy");
    REQUIRE(alchemy != nullptr);
    auto other = az::make<Tag>(col<&Tag::name> = "fire");
    article->tags.add(other);
    CHECK(article->tags.find("fire") == other);
    other->name = "flame"; // the key is what it was when the tag was put in
    CHECK(article->tags.find("fire") == other);
    CHECK(article->tags.find("flame") == nullptr);
    article->tags.erase_key("fire");
    CHECK(article->tags.find("fire") == nullptr);
    CHECK_THROWS_AS(article->tags.add(az::make<Tag>()), az::InvalidRequestError);
    auto nameless = az::make<Tag>();
    CHECK_THROWS_AS(nameless->articles.append(article), az::InvalidRequestError);
    // 5,000 members: neither putting in nor finding them searches
    for (int i = 0; i < 5000; ++i) article->tags.add(az::make<Tag>(col<&Tag::name> = "t" + std::to_string(i)));
    int found = 0;
    for (int i = 0; i < 5000; ++i) found += article->tags.contains("t" + std::to_string(i)) ? 1 : 0;
    CHECK(found == 5000);
    co_await session.rollback();
}

asio::awaitable<void> exists_over_relationships(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    const auto count = [&session](auto condition) -> asio::awaitable<std::size_t> {
        auto statement = az::select<Article>().where(condition);
        auto found = co_await session.scalars(statement);
        co_return found.all().size();
    };
    const auto tagged = co_await count(az::any<&Article::tags>(col<&Tag::name> == "alchemy"));
    CHECK(tagged == 1);
    const auto untagged = co_await count(!az::any<&Article::tags>());
    CHECK(untagged == 0);
    const auto headed = co_await count(az::any<&Article::sections>(col<&Section::heading> == "Last"));
    CHECK(headed == 0);
}

asio::awaitable<void> wide_statements_of_a_write_only_link(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto article = (co_await session.scalars(az::select<Article>())).one();
    for (int i = 0; i < 3; ++i) article->visits.add(az::make<Visit>());
    co_await session.commit();
    auto visits = (co_await session.scalars(article->visits.select())).all();
    CHECK(visits.size() == 3);
    auto removal = article->visits.delete_().where(col<&Visit::id> == *visits[0]->id);
    (void)co_await session.execute(removal);
    CHECK((co_await session.scalars(article->visits.select())).all().size() == 2);
}

asio::awaitable<void> the_table_has_its_options(az::Engine engine) {
    co_await save_sample(engine);
    const auto& table = az::mapper_of<Article>().table->data();
    REQUIRE(table.indexes.size() == 1);
    CHECK(table.indexes.front().columns == std::vector<std::string>{"title"});
    CHECK(table.checks.size() == 1);
    CHECK(table.uniques.size() == 1);
    CHECK(az::mapper_of<Tag>().table->data().comment == "what articles are about");
    // The mixin's columns are each class's own.
    CHECK(table.find("created_at") != nullptr);
    CHECK(az::mapper_of<Section>().table->data().find("created_at") != nullptr);
    az::Session session{engine};
    auto refused = az::update<Article>().values(col<&Article::version> = 0);
    bool checked = false;
    try {
        (void)co_await session.execute(refused);
    } catch (const az::DBAPIError&) {
        checked = true;
    }
    CHECK(checked);
}

asio::awaitable<void> trees_of_categories(az::Engine engine) {
    co_await save_sample(engine);
    az::Session session{engine};
    auto top = az::make<Category>(col<&Category::name> = "top");
    top->children.append(az::make<Category>(col<&Category::name> = "below"));
    session.add(top);
    co_await session.commit();
    session.expunge_all();
    auto below = (co_await session.scalars(az::select<Category>().where(col<&Category::name> == "below"))).one();
    const auto parent = co_await below->parent.load();
    CHECK(*parent->name == "top");
}

} // namespace

ON_EACH_DATABASE("mapping: every form in one program",
                 "[orm.map.declarative][orm.core.static_mapping][orm.version.integer][orm.coll.write_only]", every_form)
ON_EACH_DATABASE("mapping: positions follow the list", "[ordering_list]", positions_follow_the_list)
ON_EACH_DATABASE("mapping: column properties are expressions", "[orm.expr.column_property]", column_properties_are_expressions)
ON_EACH_DATABASE("mapping: deferred columns wait to be loaded", "[orm.colload.defer]", deferred_columns_wait)
ON_EACH_DATABASE("mapping: composites are compared and selected", "[orm.composite.basic][orm.composite.load]", composites_are_compared_and_selected)
ON_EACH_DATABASE("mapping: hybrids and synonyms work on objects and in SQL",
                 "[orm.hybrid.property][orm.hybrid.expression][orm.hybrid.method][orm.hybrid.setter][orm.attr.synonym]", hybrids_and_synonyms)
ON_EACH_DATABASE("mapping: maps find members by the key they were put in with", "[orm.coll.keyed]", maps_find_by_key)
ON_EACH_DATABASE("mapping: EXISTS over relationships", "[relationships]", exists_over_relationships)
ON_EACH_DATABASE("mapping: a write-only link is written and queried", "[orm.coll.write_only]", wide_statements_of_a_write_only_link)
ON_EACH_DATABASE("mapping: tables have indexes, checks, comments and a mixin's columns",
                 "[orm.col.table_args][orm.mixin.columns]", the_table_has_its_options)
ON_EACH_DATABASE("mapping: an adjacency list", "[orm.rel.self_ref]", trees_of_categories)
