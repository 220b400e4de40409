// SPDX-License-Identifier: MIT
// Objects as values: what make() takes, two kinds of defaults, text, equality, members that are not mapped.
#include "support/catch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <azoth/orm.hpp>
#include <azoth/orm/flush_plan.hpp>
#include <azoth/orm/session_state.hpp>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;

namespace {

struct Crew;
int numbers_given = 0;

struct Sailor : az::Model<Sailor> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::string> rank;
    az::Mapped<std::int32_t> number;
    az::Mapped<std::optional<std::string>> note;
    az::Mapped<std::string> secret;
    az::Mapped<std::optional<std::int64_t>> crew_id;
    az::Related<Crew> crew;

    // Not mapped.
    std::vector<std::string> knots{"bowline"};
    std::string called;
    int hooks = 0;

    void post_init(std::string nick, int more) {
        called = nick + " " + *name;
        hooks += more;
    }

    static void map(az::Mapper<Sailor>& m);
};
struct Crew : az::Model<Crew> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> ship;
    az::Collection<Sailor> sailors;
    az::Collection<Sailor> guests;
    bool launched = false;

    void post_init() { launched = true; }

    static void map(az::Mapper<Crew>& m);
};

void Sailor::map(az::Mapper<Sailor>& m) {
    m.table("sailor");
    m.column<&Sailor::id>(az::primary_key, az::init(false));
    m.column<&Sailor::name>(az::String{20});
    m.column<&Sailor::rank>(az::String{20}, az::init_default("mate"));
    m.column<&Sailor::number>(az::init_default([] { return ++numbers_given; }), az::compare(false));
    m.column<&Sailor::note>(az::String{40}, az::init_default("shown"), az::insert_default("written"));
    m.column<&Sailor::secret>(az::String{20}, az::deferred, az::repr(false), az::compare(false), az::init_default("?"));
    m.column<&Sailor::crew_id>(az::foreign_key<&Crew::id>(), az::init_default(std::int64_t{7}));
    m.relationship<&Sailor::crew>(az::back_populates<&Crew::sailors>());
}
void Crew::map(az::Mapper<Crew>& m) {
    m.table("crew");
    m.column<&Crew::id>(az::primary_key);
    m.column<&Crew::ship>(az::String{20});
    m.relationship<&Crew::sailors>(az::back_populates<&Sailor::crew>(), az::foreign_keys<&Sailor::crew_id>());
    m.relationship<&Crew::guests>(az::secondary("crew_guest"), az::init(false), az::repr(false));
}

std::vector<std::string> inserted_columns(az::ModelBase& object) {
    const auto batches = az::orm::save_batches({&object}, {}, {}, true);
    std::vector<std::string> names;
    for (const auto column : batches.at(0).columns) names.push_back(batches[0].mapper->attributes[column].name);
    return names;
}

} // namespace

TEST_CASE("make: attributes and links by name, in any order, without those that are not for it", "[orm][orm.dc.init]") {
    auto crew = az::make<Crew>(col<&Crew::ship> = "Argo");
    auto sailor = az::make<Sailor>(col<&Sailor::crew> = crew, col<&Sailor::name> = "Jason");
    CHECK(*sailor->name == "Jason");
    CHECK(sailor->crew.get() == crew);
    CHECK(crew->sailors.contains(sailor)); // the other side follows
    CHECK(*sailor->rank == "mate");
    const auto first = *sailor->number;
    CHECK(*az::make<Sailor>()->number == first + 1); // made anew for each
    CHECK(*az::make<Sailor>(col<&Sailor::number> = -1)->number == -1);

    // The container is the member's type.
    auto full = az::make<Crew>(col<&Crew::ship> = "Beagle", col<&Crew::sailors> = std::vector{sailor});
    CHECK(full->sailors.size() == 1);
    CHECK(sailor->crew.get() == full);
    CHECK(az::make<Crew>()->sailors.empty());

    CHECK_THROWS_WITH(az::make<Sailor>(col<&Sailor::id> = 5), Contains("Sailor") && Contains("'id'") && Contains("init(false)"));
    CHECK_THROWS_WITH(az::make<Crew>(col<&Crew::guests> = std::vector{sailor}), Contains("'guests'"));
    sailor->id = 5; // afterwards it may be set
    CHECK(*sailor->id == 5);
}

TEST_CASE("make: what an object has from the start is seen, and counts for nothing that was set", "[orm][orm.dc.insert_default]") {
    auto sailor = az::make<Sailor>(col<&Sailor::name> = "Ann");
    CHECK(*sailor->rank == "mate");
    CHECK(*sailor->note == "shown");
    CHECK(*sailor->crew_id == 7);
    CHECK(az::inspect(*sailor).state_of<&Sailor::rank>() == az::AttributeState::never_set);
    CHECK(az::get_history(sailor->rank).added.empty());
    CHECK(az::get_history(sailor->rank).unchanged.empty());
    // The INSERT writes it all the same; where the column has a default of its own, that.
    CHECK(inserted_columns(*sailor) == std::vector<std::string>{"name", "rank", "number", "note", "secret", "crew_id"});
    CHECK(*sailor->rank == "mate");
    CHECK(*sailor->note == "written");

    auto told = az::make<Sailor>(col<&Sailor::name> = "Bo", col<&Sailor::note> = "said");
    (void)inserted_columns(*told);
    CHECK(*told->note == "said");
}

TEST_CASE("to_string: what is known of an object, never more", "[orm][orm.dc.repr_eq]") {
    auto crew = az::make<Crew>(col<&Crew::ship> = "Argo");
    auto sailor = az::make<Sailor>(col<&Sailor::name> = "Ja'son", col<&Sailor::crew> = crew, col<&Sailor::number> = 4);
    CHECK(az::to_string(sailor)
          == "Sailor(id=<not set>, name='Ja''son', rank='mate', number=4, note='shown', crew_id=7, crew=Crew(new))");
    CHECK(az::to_string(crew) == "Crew(id=<not set>, ship='Argo', sailors=[Sailor(new)])");
    az::orm::SessionState session;
    sailor->id = 1;
    crew->id = 2;
    session.add(*sailor);
    session.after_flush();
    session.expire(*sailor);
    CHECK(az::to_string(sailor)
          == "Sailor(id=<not loaded>, name=<not loaded>, rank=<not loaded>, number=<not loaded>, note=<not loaded>, crew_id=<not loaded>, "
             "crew=<not loaded>)");
    CHECK_FALSE(sailor->name.is_loaded());
    CHECK(az::to_string(crew) == "Crew(id=2, ship='Argo', sailors=[Sailor(1)])");
    CHECK(az::to_string(std::shared_ptr<Sailor>{}) == "null");
    Sailor by_hand;
    CHECK_THAT(az::to_string(by_hand), Contains("make<T>()"));
    // A hundred members are not all shown.
    auto large = az::make<Crew>();
    for (int i = 0; i < 100; ++i) large->sailors.append(az::make<Sailor>());
    CHECK_THAT(az::to_string(large), Contains("and 80 more]"));
}

TEST_CASE("values: objects are equal, ordered and hashed by what they hold when that is asked for", "[orm][orm.dc.repr_eq]") {
    const auto made = [](const char* name, std::optional<std::string> note, int number) {
        return az::make<Sailor>(col<&Sailor::name> = name, col<&Sailor::note> = std::move(note), col<&Sailor::number> = number);
    };
    auto a = made("Ann", "x", 1), same = made("Ann", "x", 2), other = made("Bo", "x", 1), none = made("Ann", std::nullopt, 1);
    CHECK(az::value_equal(*a, *a));
    CHECK(az::value_equal(*a, *same)); // the number is left out
    CHECK_FALSE(az::value_equal(*a, *other));
    CHECK_FALSE(az::value_equal(*a, *none));
    CHECK(az::value_hash(*a) == az::value_hash(*same));
    CHECK(az::value_less(*a, *other));
    CHECK_FALSE(az::value_less(*other, *a));
    CHECK(az::value_less(*none, *a)); // NULL first
    CHECK_FALSE(az::value_less(*a, *same));
    auto crew = az::make<Crew>();
    CHECK_FALSE(az::value_equal(*a, *crew));
    CHECK_THROWS_AS(az::value_less(*a, *crew), az::ArgumentError);
    Sailor by_hand;
    CHECK_THROWS_AS(az::value_equal(*a, by_hand), az::UnmappedInstanceError);

    // Sessions and collections know objects by address.
    crew->sailors.append(a);
    CHECK(crew->sailors.contains(a));
    CHECK_FALSE(crew->sailors.contains(same));
    az::orm::SessionState session;
    a->id = 1;
    session.add(*a);
    session.after_flush();
    session.expire(*a);
    CHECK_THROWS_WITH(az::value_equal(*a, *same), Contains("is not loaded") && Contains("Sailor::id"));
    CHECK_THROWS_AS(az::value_hash(*a), az::NotLoadedError);
}

TEST_CASE("members that are not mapped stay, and arguments that are no attributes reach a hook", "[orm][nonmapped]") {
    auto sailor = az::make<Sailor>(az::init_only(std::string{"captain"}, 2), col<&Sailor::name> = "Ann");
    CHECK(sailor->called == "captain Ann"); // after all attributes
    CHECK(sailor->hooks == 2);
    CHECK(sailor->knots == std::vector<std::string>{"bowline"});
    CHECK(az::make<Sailor>(col<&Sailor::name> = "Bo")->hooks == 0);
    CHECK(az::make<Crew>()->launched); // a hook without arguments is always called
    sailor->knots.emplace_back("reef");
    az::orm::SessionState session;
    session.add(*sailor);
    session.after_flush();
    session.expire(*sailor);
    CHECK(sailor->knots.size() == 2);
    CHECK(az::mapper_of<Sailor>().find("knots") == nullptr);
    const auto columns = az::mapper_of<Sailor>().columns();
    CHECK(std::ranges::none_of(columns, [](const auto& column) { return column.name() == "called"; }));
}
