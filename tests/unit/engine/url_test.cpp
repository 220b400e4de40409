// SPDX-License-Identifier: MIT
// Database URLs: parts, escapes, errors without secrets, round trips.
#include <azoth/engine/url.hpp>

#include <random>

#include <azoth/error.hpp>

#include "support/catch.hpp"

using azoth::ArgumentError;
using azoth::Url;

namespace {

/// The message of the ArgumentError that the URL deserves; empty, and a failure, when there is none.
std::string refusal(std::string_view text) {
    try {
        const Url url{text};
    } catch (const ArgumentError& error) {
        return error.what();
    }
    FAIL_CHECK("accepted: " << text);
    return {};
}

} // namespace

TEST_CASE("url: all parts", "[engine][url][core.url.parse][core.url.backend_driver]") {
    const Url url{
        "PostgreSQL+libpq://scott:tiger@db.example.com:5432/shop?sslmode=require&application_name=a+b%2Bc"
    };
    CHECK(url.dialect == "postgresql");
    CHECK(url.driver == "libpq");
    CHECK(url.username == "scott");
    CHECK(url.password == "tiger");
    CHECK(url.host == "db.example.com");
    CHECK(url.port == 5432);
    CHECK(url.database == "shop");
    REQUIRE(url.query.size() == 2);
    CHECK(url.option("sslmode") == "require");
    CHECK(url.option("application_name") == "a b+c");
    CHECK_FALSE(url.option("absent").has_value());
}

TEST_CASE("url: what is left out is empty or nothing", "[engine][url][core.url.parse]") {
    const Url url{"mysql://"};
    CHECK(url.dialect == "mysql");
    CHECK(url.driver.empty());
    CHECK(url.username.empty());
    CHECK_FALSE(url.password.has_value());
    CHECK(url.host.empty());
    CHECK_FALSE(url.port.has_value());
    CHECK(url.database.empty());
    CHECK(url.query.empty());
    CHECK(Url{"postgresql://host/"}.database.empty());
    CHECK(Url{"postgresql://host:/db"} == Url{"postgresql://host/db"});
    CHECK(Url{"postgresql://user@host"}.username == "user");
    CHECK_FALSE(Url{"postgresql://user@host"}.password.has_value());
    CHECK(Url{"postgresql://user:@host"}.password == "");
    CHECK(Url{"postgresql:///db"}.database == "db");
    CHECK(Url{"postgresql://?host=/run/postgresql"}.option("host") == "/run/postgresql");
    CHECK(Url{"postgresql://host?a=1"}.host == "host");
    CHECK(Url{} == Url{});
}

TEST_CASE("url: sqlite's slashes", "[engine][url][core.url.sqlite_paths]") {
    CHECK(Url{"sqlite://"}.database == "");
    CHECK(Url{"sqlite:///:memory:"}.database == ":memory:");
    CHECK(Url{"sqlite:///relative.db"}.database == "relative.db");
    CHECK(Url{"sqlite:///folder/relative.db"}.database == "folder/relative.db");
    CHECK(Url{"sqlite:////abs/x.db"}.database == "/abs/x.db");
    CHECK(Url{"sqlite:///C:/data/x.db"}.database == "C:/data/x.db");
    CHECK(Url{R"(sqlite:///C:\data\x.db)"}.database == R"(C:\data\x.db)");
    CHECK(Url{"sqlite:///a%3Fb@c:d.db?journal_mode=wal"}.database == "a?b@c:d.db");
    CHECK(Url{"sqlite:///file:x.db?mode=ro&uri=true"}.database == "file:x.db");
    for (const char* text :
         {"sqlite://",
          "sqlite:///:memory:",
          "sqlite:///relative.db",
          "sqlite:////abs/x.db",
          "sqlite:///C:/data/x.db",
          "sqlite:////abs/x.db?journal_mode=wal"})
        CHECK(Url{text}.to_string() == text);
}

TEST_CASE("url: percent escapes are decoded, a plus only in the query", "[engine][url][core.url.parse]") {
    const Url url{"mysql://us%40er+x:p%40ss%3A%2f%3f+%25w@host/my%20db%2Fx?k%20y=v%26w&plus=a+b"};
    CHECK(url.username == "us@er+x");
    CHECK(url.password == "p@ss:/?+%w");
    CHECK(url.database == "my db/x");
    CHECK(url.option("k y") == "v&w");
    CHECK(url.option("plus") == "a b");
    CHECK(Url{"postgresql://%2Frun%2Fpostgresql/db"}.host == "/run/postgresql");
    CHECK(Url{"postgresql://u:a:b:c@host"}.password == "a:b:c");
    CHECK(Url{"postgresql://u:p@ss@host"}.password == "p@ss"); // the last @ ends it
    CHECK(Url{"postgresql://u:p@ss@host"}.host == "host");
}

TEST_CASE("url: IPv6 addresses stand in brackets", "[engine][url][core.url.parse]") {
    const Url url{"postgresql://user:secret@[2001:db8::1]:6543/db"};
    CHECK(url.host == "2001:db8::1");
    CHECK(url.port == 6543);
    CHECK(url.to_string(false) == "postgresql://user:secret@[2001:db8::1]:6543/db");
    CHECK(Url{"postgresql://[::1]"}.host == "::1");
    CHECK(Url{"postgresql://[::1]/a@b"}.database == "a@b");
    CHECK(Url{"postgresql://[fe80::1%25eth0]:1/db"}.host == "fe80::1%eth0");
    CHECK_THAT(refusal("postgresql://[::1"), Catch::Contains("no ']'"));
    CHECK_THAT(refusal("postgresql://[]:1/db"), Catch::Contains("empty"));
    CHECK_THAT(refusal("postgresql://[::1]x/db"), Catch::Contains("behind the host's ']'"));
    CHECK_THAT(refusal("postgresql://::1/db"), Catch::Contains("brackets"));
}

TEST_CASE("url: a repeated option keeps all its values, in order", "[engine][url][core.url.query]") {
    const Url url{"postgresql:///db?host=a:1&host=b:2&&flag&empty="};
    REQUIRE(url.query.size() == 4);
    CHECK(url.query[0] == std::pair<std::string, std::string>{"host", "a:1"});
    CHECK(url.query[1] == std::pair<std::string, std::string>{"host", "b:2"});
    CHECK(url.option("host") == "b:2");
    CHECK(url.option("flag") == "");
    CHECK(url.option("empty") == "");
    CHECK(Url{"x:///db?a=b=c"}.option("a") == "b=c");
}

TEST_CASE("url: errors name the part that cannot be read", "[engine][url][core.url.parse]") {
    CHECK_THAT(refusal(""), Catch::Contains("no '://'"));
    CHECK_THAT(refusal("localhost/db"), Catch::Contains("no '://'"));
    CHECK_THAT(refusal("sqlite:x.db"), Catch::Contains("no '://'"));
    CHECK_THAT(refusal("://host"), Catch::Contains("dialect"));
    CHECK_THAT(refusal("post gres://host"), Catch::Contains("dialect"));
    CHECK_THAT(refusal("postgresql+://host"), Catch::Contains("driver"));
    for (const char* port : {"x", "0", "65536", "-1", "+1", "1x", " 1", "99999999999999999999", "0x10"})
        CHECK_THAT(refusal("postgresql://host:" + std::string{port} + "/db"), Catch::Contains("port"));
    CHECK(Url{"postgresql://host:65535/db"}.port == 65535);
    CHECK_THAT(refusal("postgresql://u%4:p@host"), Catch::Contains("user name"));
    CHECK_THAT(refusal("postgresql://u:p%zz@host"), Catch::Contains("password"));
    CHECK_THAT(refusal("postgresql://u:p%0@host"), Catch::Contains("password"));
    CHECK_THAT(refusal("postgresql://host/d%"), Catch::Contains("database"));
    CHECK_THAT(refusal("postgresql://h%g0/d"), Catch::Contains("host"));
    CHECK_THAT(refusal("postgresql://host/d?a=%1"), Catch::Contains("query option's value"));
    CHECK_THAT(refusal("postgresql://host/d?=1"), Catch::Contains("no name"));
    CHECK_THAT(refusal("postgresql://u:p%00@host"), Catch::Contains("NUL"));
}

TEST_CASE("url: no error shows the password, however it is mistyped", "[engine][url]") {
    for (const char* text :
         {"postgresql://u:s3cret/x@host/db",
          "postgresql://u:12/s3cret@host/db",
          "postgresql://u:12?s3cret@host",
          "postgresql://u:s3cret?x@host/db",
          "postgresql://u:s3cret%@host/db",
          "postgresql://u:s3cret@host:port/db",
          "postgresql//u:s3cret@host/db",
          "postgresql://u:s3cret@[host/db",
          "postgresql:// u:s3cret@h:1:2/db",
          "postgresql://u:s3cret#1/x",
          "post gres://u:s3cret@host"}) {
        CAPTURE(text);
        const std::string message = refusal(text);
        CHECK_FALSE(message.empty());
        CHECK(message.find("s3cret") == std::string::npos);
    }
}

TEST_CASE("url: text hides secrets unless asked", "[engine][url][core.url.render]") {
    const Url url{"mysql+x://us%20er:p%40ss@host:1/d%3Fb?password=s3cret&sslPassword=t&a=1+2"};
    CHECK(url.to_string() == "mysql+x://us%20er:***@host:1/d%3Fb?password=***&sslPassword=***&a=1%202");
    CHECK(
        url.to_string(false) == "mysql+x://us%20er:p%40ss@host:1/d%3Fb?password=s3cret&sslPassword=t&a=1%202"
    );
    CHECK(Url{"mysql://user:@host"}.to_string() == "mysql://user:***@host");
    CHECK(Url{"mysql://:p@host"}.to_string(false) == "mysql://:p@host");
    CHECK(Url{"mysql://h/d?passfile=/x"}.to_string() == "mysql://h/d?passfile=/x");
}

TEST_CASE("url: text and value are each other's inverse", "[engine][url][core.url.render][core.url.build]") {
    constexpr std::string_view alphabet = "abZ09 %/:@?#&=+[]~._-,;!$'()*\\\"<>\x7F\xC3\xA4";
    std::mt19937 random{12};
    const auto word = [&](std::size_t fewest) {
        std::string text;
        for (std::size_t size = fewest + random() % 8; size > 0; --size)
            text += alphabet[random() % alphabet.size()];
        return text;
    };
    for (int i = 0; i < 10'000; ++i) {
        Url url;
        url.dialect = "postgresql";
        if (random() % 2 != 0) url.driver = "libpq";
        url.username = word(0);
        if (random() % 2 != 0) url.password = word(0);
        url.host = word(0);
        if (random() % 2 != 0) url.port = static_cast<std::uint16_t>(1 + random() % 65'535);
        url.database = word(0);
        for (auto count = random() % 3; count > 0; --count) url.query.emplace_back(word(1), word(0));
        CAPTURE(url.to_string(false));
        REQUIRE(Url{url.to_string(false)} == url);
        if (url.password) REQUIRE(Url{url.to_string()}.password == "***");
    }
}

TEST_CASE("url: a copy with other parts leaves the first as it was", "[engine][url][core.url.set]") {
    const Url url{"postgresql://a:b@c:1/d?x=1"};
    Url other = url;
    other.host = "e";
    other.password = "f@";
    other.port.reset();
    other.query.emplace_back("y", "2");
    CHECK(other.to_string(false) == "postgresql://a:f%40@e/d?x=1&y=2");
    CHECK(url.to_string(false) == "postgresql://a:b@c:1/d?x=1");
    CHECK_FALSE(url == other);
}

TEST_CASE("url: any bytes are a URL or an ArgumentError", "[engine][url][core.url.parse]") {
    constexpr std::string_view alphabet = "ab1%/:@?&=+[]. ";
    std::mt19937 random{8};
    for (int i = 0; i < 50'000; ++i) {
        std::string text = random() % 2 != 0 ? "x://" : "";
        for (std::size_t size = random() % 24; size > 0; --size) text += alphabet[random() % alphabet.size()];
        CAPTURE(text);
        try {
            const Url url{text};
            REQUIRE(Url{url.to_string(false)} == url);
        } catch (const ArgumentError&) {
        }
    }
}
