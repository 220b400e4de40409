// The world's countries, their subdivisions (a tree), languages and currencies, from Debian's iso-codes into any database,
// and questions about them.  Loading again changes nothing.
//     world [--database sqlite:///world.db] [--data /usr/share/iso-codes/json] [--path FR-75]
#include <azoth/azoth.hpp>

#include <asio.hpp>
#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;

struct Subdivision;

struct Country : az::Model<Country> {
    az::Mapped<std::string>     code; // ISO 3166-1 alpha-2
    az::Mapped<std::string>     name;
    az::Collection<Subdivision> subdivisions;

    static void map(az::Mapper<Country>& m);
};

struct Subdivision : az::Model<Subdivision> {
    az::Mapped<std::string>                code; // ISO 3166-2
    az::Mapped<std::string>                name;
    az::Mapped<std::string>                type;
    az::Mapped<std::string>                country_code;
    az::Mapped<std::optional<std::string>> parent_code;
    az::Related<Country>                   country;
    az::Related<Subdivision>               parent;

    static void map(az::Mapper<Subdivision>& m);
};

struct Language : az::Model<Language> {
    az::Mapped<std::string>                code; // ISO 639-3
    az::Mapped<std::optional<std::string>> short_code;
    az::Mapped<std::string>                name;

    static void map(az::Mapper<Language>& m);
};

struct Currency : az::Model<Currency> {
    az::Mapped<std::string> code; // ISO 4217
    az::Mapped<std::string> name;

    static void map(az::Mapper<Currency>& m);
};

void Country::map(az::Mapper<Country>& m) {
    m.table("country");
    m.column<&Country::code>(az::String{2}, az::primary_key);
    m.column<&Country::name>(az::String{100});
    m.relationship<&Country::subdivisions>(az::back_populates<&Subdivision::country>());
}
void Subdivision::map(az::Mapper<Subdivision>& m) {
    m.table("subdivision");
    m.column<&Subdivision::code>(az::String{10}, az::primary_key);
    m.column<&Subdivision::name>(az::String{200});
    m.column<&Subdivision::type>(az::String{100});
    m.column<&Subdivision::country_code>(az::String{2}, az::foreign_key<&Country::code>());
    m.column<&Subdivision::parent_code>(az::String{10}, az::foreign_key<&Subdivision::code>());
    m.relationship<&Subdivision::country>(az::back_populates<&Country::subdivisions>());
    m.relationship<&Subdivision::parent>(az::remote_side<&Subdivision::code>());
}
void Language::map(az::Mapper<Language>& m) {
    m.table("language");
    m.column<&Language::code>(az::String{3}, az::primary_key);
    m.column<&Language::short_code>(az::String{2});
    m.column<&Language::name>(az::String{200});
}
void Currency::map(az::Mapper<Currency>& m) {
    m.table("currency");
    m.column<&Currency::code>(az::String{3}, az::primary_key);
    m.column<&Currency::name>(az::String{100});
}

// ---- reading the lists ------------------------------------------------------------------------

struct BadFile : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One list of iso-codes, checked as far as it is read: errors name the file and the row.
class List {
public:
    List(const std::filesystem::path& folder, const std::string& standard)
        : path_(folder / ("iso_" + standard + ".json")) {
        std::ifstream file{path_};
        if (!file) throw BadFile(path_.string() + ": cannot be read; is the package iso-codes installed?");
        const auto document = az::Json::parse(file, nullptr, false);
        if (document.is_discarded()) throw BadFile(path_.string() + ": is not JSON");
        if (!document.is_object() || !document.contains(standard) || !document[standard].is_array())
            throw BadFile(path_.string() + ": has no list \"" + standard + "\"");
        rows_ = document[standard];
    }

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] std::string text(std::size_t row, const char* field) const {
        auto value = optional_text(row, field);
        if (!value || value->empty()) fail(row, std::string{"has no \""} + field + "\"");
        return *value;
    }
    [[nodiscard]] std::optional<std::string> optional_text(std::size_t row, const char* field) const {
        const auto& entry = rows_[row];
        if (!entry.is_object()) fail(row, "is no object");
        const auto found = entry.find(field);
        if (found == entry.end()) return std::nullopt;
        if (!found->is_string()) fail(row, std::string{"\""} + field + "\" is no text");
        return found->get<std::string>();
    }
    [[noreturn]] void fail(std::size_t row, const std::string& what) const {
        throw BadFile(path_.string() + ": row " + std::to_string(row + 1) + " " + what);
    }

private:
    std::filesystem::path path_;
    az::Json rows_;
};

void show_progress(const char* what, std::size_t done, std::size_t all) {
    if (done % 500 == 0 || done == all) std::cerr << '\r' << what << ": " << done << " of " << all << (done == all ? "\n" : "");
}

// ---- into the database ------------------------------------------------------------------------

/// What is in the database already, by key, so that a row that did not change is not written.
template <class T, auto Key>
asio::awaitable<std::map<std::string, std::shared_ptr<T>>> existing(az::Session& session) {
    std::map<std::string, std::shared_ptr<T>> objects;
    for (const auto& object : co_await session.scalars(az::select<T>())) objects.emplace(*((*object).*Key), object);
    co_return objects;
}

/// The object of that key: the one that is there, or a new one.
template <class T, auto Key>
std::shared_ptr<T> find_or_make(std::map<std::string, std::shared_ptr<T>>& objects, const std::string& key) {
    auto& object = objects[key];
    if (!object) object = az::make<T>(col<Key> = key);
    return object;
}

/// Assigns only what differs: an assignment marks the object as changed.
template <class Attribute, class V>
void update(Attribute& attribute, const V& value) {
    if (!attribute.is_present() || !(attribute == value)) attribute = value;
}

asio::awaitable<void> load(az::Session& session, std::filesystem::path folder) {
    auto countries = co_await existing<Country, &Country::code>(session);
    const List country_list{folder, "3166-1"};
    for (std::size_t row = 0; row < country_list.size(); ++row) {
        auto country = find_or_make<Country, &Country::code>(countries, country_list.text(row, "alpha_2"));
        update(country->name, country_list.text(row, "name"));
        session.add(country);
        show_progress("countries", row + 1, country_list.size());
    }

    auto subdivisions = co_await existing<Subdivision, &Subdivision::code>(session);
    const List subdivision_list{folder, "3166-2"};
    for (std::size_t row = 0; row < subdivision_list.size(); ++row) {
        const auto code = subdivision_list.text(row, "code");
        const auto country_code = code.substr(0, code.find('-'));
        const auto country = countries.find(country_code);
        if (country == countries.end()) subdivision_list.fail(row, "(" + code + ") belongs to no country of the list");
        auto subdivision = find_or_make<Subdivision, &Subdivision::code>(subdivisions, code);
        update(subdivision->name, subdivision_list.text(row, "name"));
        update(subdivision->type, subdivision_list.text(row, "type"));
        if (!subdivision->country_code.is_present() || *subdivision->country_code != country_code)
            subdivision->country = country->second;
        session.add(subdivision);
        show_progress("subdivisions", row + 1, subdivision_list.size());
    }
    // The tree in a second pass: a parent may come after its children.
    for (std::size_t row = 0; row < subdivision_list.size(); ++row) {
        auto subdivision = subdivisions.at(subdivision_list.text(row, "code"));
        auto parent_code = subdivision_list.optional_text(row, "parent");
        // The list leaves the country away: "IDF" stands for "FR-IDF".
        if (parent_code && parent_code->find('-') == std::string::npos)
            parent_code = subdivision->code->substr(0, subdivision->code->find('-') + 1) + *parent_code;
        if (subdivision->parent_code.get() == parent_code) continue;
        std::shared_ptr<Subdivision> parent;
        if (parent_code) {
            const auto found = subdivisions.find(*parent_code);
            if (found == subdivisions.end())
                subdivision_list.fail(row, "has the parent " + *parent_code + ", which is not in the list");
            parent = found->second;
        }
        subdivision->parent = parent;
    }

    auto languages = co_await existing<Language, &Language::code>(session);
    const List language_list{folder, "639-3"};
    for (std::size_t row = 0; row < language_list.size(); ++row) {
        auto language = find_or_make<Language, &Language::code>(languages, language_list.text(row, "alpha_3"));
        update(language->name, language_list.text(row, "name"));
        update(language->short_code, language_list.optional_text(row, "alpha_2"));
        session.add(language);
        show_progress("languages", row + 1, language_list.size());
    }

    auto currencies = co_await existing<Currency, &Currency::code>(session);
    const List currency_list{folder, "4217"};
    for (std::size_t row = 0; row < currency_list.size(); ++row) {
        auto currency = find_or_make<Currency, &Currency::code>(currencies, currency_list.text(row, "alpha_3"));
        update(currency->name, currency_list.text(row, "name"));
        session.add(currency);
        show_progress("currencies", row + 1, currency_list.size());
    }

    const bool changes = session.has_changes();
    co_await session.commit();
    std::cout << (changes ? "loaded\n" : "nothing to change\n");
}

// ---- questions --------------------------------------------------------------------------------

asio::awaitable<void> answer(az::Session& session, std::string subdivision_code) {
    std::cout << "countries with most subdivisions:\n";
    const auto count = az::func::count(col<&Subdivision::code>);
    auto most = az::select(col<&Country::name>, count)
                    .join<&Country::subdivisions>()
                    .group_by(col<&Country::name>)
                    .order_by(count.desc(), col<&Country::name>)
                    .limit(5);
    for (const auto& [name, n] : co_await session.execute(most)) std::cout << "  " << name << ": " << n << '\n';

    std::cout << "path of " << subdivision_code << ":\n  ";
    auto subdivision = co_await session.get<Subdivision>(subdivision_code);
    if (!subdivision) {
        std::cout << "there is no such subdivision\n";
    } else {
        auto country = co_await subdivision->country.load();
        for (; subdivision; subdivision = co_await subdivision->parent.load())
            std::cout << *subdivision->name << " (" << *subdivision->type << ") < ";
        std::cout << *country->name << '\n';
    }

    std::cout << "currencies no country's code begins with:\n ";
    auto country_of = az::select(col<&Country::code>)
                          .where(col<&Country::code> == az::func::call<std::string>("substr", col<&Currency::code>, 1, 2));
    auto homeless = az::select(col<&Currency::code>).where(!country_of.exists()).order_by(col<&Currency::code>);
    for (const auto& code : co_await session.scalars(homeless)) std::cout << ' ' << code;
    std::cout << '\n';
}

asio::awaitable<void> world(az::Engine engine, std::filesystem::path folder, std::string subdivision_code) {
    az::Registry models;
    models.add<Country, Subdivision, Language, Currency>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    co_await load(session, folder);
    co_await answer(session, subdivision_code);
}

int main(int argc, char** argv) {
    std::string database = "sqlite:///world.db";
    std::string folder = "/usr/share/iso-codes/json";
    std::string subdivision = "FR-75";
    CLI::App app{"Countries, subdivisions, languages and currencies of the world in a database"};
    app.add_option("--database", database, "where to: a database URL")->capture_default_str();
    app.add_option("--data", folder, "the folder with the lists of iso-codes")->capture_default_str();
    app.add_option("--path", subdivision, "the subdivision whose path is shown")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        asio::io_context io;
        auto engine = az::create_engine(io.get_executor(), database);
        asio::co_spawn(io, world(engine, folder, subdivision), [](std::exception_ptr e) { if (e) std::rethrow_exception(e); });
        io.run();
    } catch (const std::exception& e) {
        std::cerr << "world: " << e.what() << '\n';
        return 1;
    }
}
