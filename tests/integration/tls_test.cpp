// SPDX-License-Identifier: MIT
// TLS: a client that asks for a verified server gets one or nothing; and passwords are in no message.
#include "support/catch.hpp"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <asio/io_context.hpp>

#include <azoth/azoth.hpp>

#include "support/own_server.hpp"
#include "support/run.hpp"

namespace az = azoth;
using az::testing::OwnServer;
using az::testing::run;

namespace {

const std::vector<std::string> kinds{"postgresql", "mariadb"};

bool has_servers() {
    if (std::getenv("AZOTH_TEST_POSTGRESQL_URL") != nullptr) return true;
    WARN("AZOTH_TEST_POSTGRESQL_URL is not set: no servers of its own for this test either");
    return false;
}

/// The options that demand a server whose certificate `ca` signs and which bears the host's name.
std::string verified(const OwnServer& server, const std::string& kind, const std::string& ca) {
    const std::string file = server.tls_file(ca);
    auto url = server.url();
    if (kind == "postgresql") {
        url.replace(url.find("127.0.0.1"), 9, "localhost");
        return url + "?sslmode=verify-full&sslrootcert=" + file;
    }
    return url + "?ssl=true&ssl_verify_server_cert=true&ssl_ca=" + file;
}

/// Nothing when it connects, else what it says.
std::string failure(const std::string& url) {
    std::string message;
    asio::io_context io;
    const auto engine = az::create_engine(io.get_executor(), url);
    run(io, [&]() -> asio::awaitable<void> {
        try {
            auto connection = co_await engine.connect();
            const auto rows = co_await connection.exec_driver_sql("SELECT 1");
            CHECK(rows.one().get<int>(0) == 1);
            co_await connection.close();
        } catch (const az::OperationalError& error) {
            message = error.what();
        }
        co_await engine.dispose();
    });
    return message;
}

} // namespace

TEST_CASE("tls: a server with the right certificate is taken, any other refused", "[integration][tls][pg.conn.url][my.conn.ssl_unix]") {
    if (!has_servers()) return;
    for (const auto& kind : kinds) {
        CAPTURE(kind);
        {
            const OwnServer good{kind, "good"};
            CHECK(failure(verified(good, kind, "ca.pem")).empty());
            const auto message = failure(verified(good, kind, "other_ca.pem"));
            INFO(message);
            CHECK_FALSE(message.empty());
            CHECK(message.find("secret") == std::string::npos);
        }
        for (const std::string certificate : {"expired", "elsewhere", ""}) {
            CAPTURE(certificate);
            const OwnServer bad{kind, certificate};
            // Whoever asks for nothing is served; without TLS there is no CA: any file will do.
            const OwnServer* ca = &bad;
            std::unique_ptr<OwnServer> other;
            if (certificate.empty()) other = std::make_unique<OwnServer>(kind, "good");
            if (other) ca = other.get();
            auto url = verified(bad, kind, "ca.pem");
            if (other) {
                const auto at = url.find(bad.tls_file("ca.pem"));
                url.replace(at, std::string::npos, ca->tls_file("ca.pem"));
            }
            const auto message = failure(url);
            INFO(message);
            CHECK_FALSE(message.empty());
            CHECK(message.find("secret") == std::string::npos);
            CHECK(failure(bad.url()).empty());
        }
    }
}

TEST_CASE("a password is in no message, log or URL that is printed", "[integration][core.url.render][core.engine.hide_parameters]") {
    const std::string password = "Gr3at s3cr3t/:@%";
    az::Url url{"postgresql://127.0.0.1:1/nowhere"};
    url.username = "azoth";
    url.password = password;
    const auto hidden = [&](const std::string& text) {
        INFO(text);
        CHECK(text.find("s3cr3t") == std::string::npos);
        CHECK(text.find("Gr3at") == std::string::npos);
    };
    hidden(url.to_string());
    CHECK(url.to_string(false).find("s3cr3t") != std::string::npos);

    std::vector<az::Url> urls{url};
    url.dialect = "mariadb";
    urls.push_back(url); // nobody listens on port 1
    for (const char* variable : {"AZOTH_TEST_POSTGRESQL_URL", "AZOTH_TEST_MARIADB_URL"}) {
        if (const char* text = std::getenv(variable)) {
            az::Url wrong{text}; // the server refuses the password
            wrong.username = "azoth_nobody";
            wrong.password = password;
            urls.push_back(wrong);
        }
    }
    for (const auto& each : urls) {
        CAPTURE(each.to_string());
        std::string log;
        asio::io_context io;
        az::EngineOptions options;
        options.echo = true;
        options.echo_sink = [&log](std::string_view line) { log.append(line).append("\n"); };
        const auto engine = az::create_engine(io.get_executor(), each, options);
        run(io, [&]() -> asio::awaitable<void> {
            bool refused = false;
            try {
                auto connection = co_await engine.connect();
            } catch (const az::Error& error) {
                refused = true;
                hidden(error.what());
            }
            CHECK(refused);
        });
        hidden(log);
        hidden(engine.pool().status());
    }
    // Options that are wrong, with a password beside them.
    for (const std::string text :
         {"postgresql://u:Gr3at@h/d?nonsense=1", "mariadb://u:Gr3at@h/d?nonsense=1", "postgresql://u:Gr3at@h:port/d",
          "nonsense://u:Gr3at@h/d", "postgresql://u:Gr3at@h:99999/d", "://u:Gr3at@h"}) {
        asio::io_context io;
        bool refused = false;
        try {
            const auto engine = az::create_engine(io.get_executor(), text);
        } catch (const az::Error& error) {
            refused = true;
            hidden(error.what());
        }
        CHECK(refused);
    }
}
