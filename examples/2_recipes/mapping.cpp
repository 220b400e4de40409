// Forms a mapping can take, with a film archive: an enumeration, a composite, a mixin, a validator, a hybrid, a column that is
// computed by a query, many-to-many, a numbered list, a tree, a version counter, a collection that is never loaded.
#include <azoth/azoth.hpp>

#include <asio.hpp>

#include <array>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

namespace az = azoth;
using az::col;

enum class Medium { film, tape, file };
template <>
struct az::EnumNames<Medium> {
    static constexpr std::array names{"film", "tape", "file"};
};

// Columns that several classes have.
struct Owned {
    az::Mapped<std::string> owner;

    template <class Entity>
    static void map_owned(az::Mapper<Entity>& m) {
        m.template column<&Entity::owner>(az::String{40}, az::default_("archive"));
    }
};

// One attribute, two columns.
struct Frame {
    std::int32_t width{}, height{};
    bool operator==(const Frame&) const = default;
};

struct Film;

struct Genre : az::Model<Genre> {
    az::Mapped<std::int64_t>                id;
    az::Mapped<std::string>                 name;
    az::Mapped<std::optional<std::int64_t>> parent_id;
    az::Related<Genre>                      parent;   // a tree
    az::Collection<Genre>                   children;
    az::Collection<Film>                    films;

    static void map(az::Mapper<Genre>& m);
};

struct Reel : az::Model<Reel> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> film_id;
    az::Mapped<std::int32_t> number;
    az::Mapped<std::string>  label;

    static void map(az::Mapper<Reel>& m);
};

struct Screening : az::Model<Screening> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> film_id;
    az::Mapped<std::int32_t> visitors;

    static void map(az::Mapper<Screening>& m);
};

struct Film : az::Model<Film>, Owned {
    az::Mapped<std::int64_t>                              id;
    az::Mapped<std::string>                               title;
    az::Mapped<std::int32_t>                              year;
    az::Mapped<Medium>                                    medium;
    az::Mapped<std::int32_t>                              version;     // refuses lost updates
    az::Composite<Frame>                                  frame;
    az::Mapped<std::int64_t>                              reel_count;  // a query, not a column
    az::Collection<Genre, az::KeyedBy<&Genre::name>>      genres;      // many-to-many, a map
    az::Collection<Reel, az::OrderedBy<&Reel::number>>    reels;       // keeps the numbers
    az::WriteOnly<Screening>                              screenings;  // added to and queried, never loaded whole

    static void map(az::Mapper<Film>& m);
};

// The same rule for an object and in SQL.
inline constexpr auto is_silent = az::hybrid<&Film::year>([](const auto& year) { return year < 1927; });

void Genre::map(az::Mapper<Genre>& m) {
    m.table("genre");
    m.column<&Genre::id>(az::primary_key);
    m.column<&Genre::name>(az::String{40}, az::unique);
    m.column<&Genre::parent_id>(az::foreign_key<&Genre::id>());
    m.relationship<&Genre::parent>(az::remote_side<&Genre::id>(), az::back_populates<&Genre::children>());
    m.relationship<&Genre::children>(az::back_populates<&Genre::parent>());
    m.relationship<&Genre::films>(az::secondary("film_genre"), az::back_populates<&Film::genres>());
}
void Reel::map(az::Mapper<Reel>& m) {
    m.table("reel", az::UniqueConstraint{"film_id", "label"});
    m.column<&Reel::id>(az::primary_key);
    m.column<&Reel::film_id>(az::foreign_key<&Film::id>());
    m.column<&Reel::number>();
    m.column<&Reel::label>(az::String{40});
}
void Screening::map(az::Mapper<Screening>& m) {
    m.table("screening");
    m.column<&Screening::id>(az::primary_key);
    m.column<&Screening::film_id>(az::foreign_key<&Film::id>(az::ondelete("CASCADE")));
    m.column<&Screening::visitors>();
}
void Film::map(az::Mapper<Film>& m) {
    m.table("film", az::CheckConstraint{"year > 1887"});
    map_owned(m);
    m.column<&Film::id>(az::primary_key);
    m.column<&Film::title>(az::String{200});
    m.column<&Film::year>();
    m.column<&Film::medium>(az::default_(Medium::film));
    m.version_id<&Film::version>();
    m.composite<&Film::frame>(az::field<&Frame::width>("frame_width"), az::field<&Frame::height>("frame_height"));
    m.relationship<&Film::genres>(az::secondary("film_genre"), az::back_populates<&Genre::films>());
    m.relationship<&Film::reels>(az::cascade("all, delete-orphan"), az::order_by<&Reel::number>());
    m.relationship<&Film::screenings>(az::passive_deletes);
    m.column_property<&Film::reel_count>(
        [] { return az::select(az::func::count()).where(col<&Reel::film_id> == col<&Film::id>).scalar_subquery(); });
    m.validates<&Film::title>([](const std::string& title) {
        if (title.empty()) throw std::invalid_argument("a film has a title");
        return title;
    });
}

asio::awaitable<void> fill(az::SessionMaker sessions) {
    const auto work = [](az::Session& session) -> asio::awaitable<void> {
        auto comedy = az::make<Genre>(col<&Genre::name> = "comedy");
        auto slapstick = az::make<Genre>(col<&Genre::name> = "slapstick");
        slapstick->parent = comedy;
        auto film = az::make<Film>(col<&Film::title> = "Sherlock Jr.", col<&Film::year> = 1924);
        film->frame = Frame{1440, 1080};
        film->genres.add(slapstick);
        film->reels.append(az::make<Reel>(col<&Reel::label> = "the theatre"));
        film->reels.append(az::make<Reel>(col<&Reel::label> = "the chase"));
        film->reels.insert(0, az::make<Reel>(col<&Reel::label> = "titles")); // the others move on
        session.add(film); // and all that it is linked to
        co_await session.flush();
        for (const int visitors : {120, 80}) film->screenings.add(az::make<Screening>(col<&Screening::visitors> = visitors));
    };
    co_await sessions.begin(work);
}

asio::awaitable<void> show(az::Session& session) {
    auto statement = az::select<Film>()
                         .where(is_silent(), col<&Film::frame> == Frame{1440, 1080}, col<&Film::medium> == Medium::film)
                         .options(az::selectinload<&Film::reels>(), az::joinedload<&Film::genres>());
    auto film = (co_await session.scalars(statement)).one();
    std::cout << *film->title << ", " << film->frame->width << " wide, " << *film->reel_count << " reels, owner " << *film->owner << '\n';
    for (const auto& reel : film->reels) std::cout << "  " << *reel->number << ' ' << *reel->label << '\n';

    // What was not loaded is asked for by name.
    auto genre = film->genres.find("slapstick");
    auto parent = co_await genre->parent.load();
    std::cout << *genre->name << " is a " << *parent->name << '\n';

    auto crowded = film->screenings.select().where(col<&Screening::visitors> > 100);
    const auto screenings = (co_await session.scalars(crowded)).all();
    std::cout << screenings.size() << " crowded screening\n";

    try {
        film->title = "";
    } catch (const std::invalid_argument& refused) {
        std::cout << "refused: " << refused.what() << '\n';
    }
}

// A film is read, shown to somebody, changed and brought back; meanwhile another session has changed it.
asio::awaitable<void> bring_back(az::SessionMaker sessions) {
    auto first = sessions();
    auto film = (co_await first.scalars(az::select<Film>())).one();
    co_await first.close(); // the film is detached, and still here
    film->owner = "studio";

    auto second = sessions();
    auto same = (co_await second.scalars(az::select<Film>())).one();
    same->owner = "museum";
    co_await second.commit();

    bool stale = false;
    try {
        (void)co_await second.merge(film); // its version is not the row's any more
    } catch (const az::StaleDataError&) {
        stale = true;
    }
    std::cout << (stale ? "too late" : "brought back") << ", owner " << *same->owner << '\n';
    co_await second.close();
}

asio::awaitable<void> run(az::Engine engine) {
    az::Registry models;
    models.add<Film, Genre, Reel, Screening>();
    co_await models.metadata().drop_all(engine);
    co_await models.metadata().create_all(engine);
    const az::SessionMaker sessions{engine};
    co_await fill(sessions);
    co_await sessions.begin(show);
    co_await bring_back(sessions);
    co_await models.metadata().drop_all(engine);
    co_await engine.dispose();
}

int main(int argc, char** argv) {
    asio::io_context io;
    auto engine = az::create_engine(io.get_executor(), argc > 1 ? argv[1] : "sqlite://");
    asio::co_spawn(io, run(engine), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    io.run();
}
