// SPDX-License-Identifier: MIT
// Passing messages on, and spoiling one.
#include "support/fault_proxy.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace azoth::testing {

using asio::ip::tcp;

namespace {

std::size_t big_endian(const std::uint8_t* p) {
    return std::size_t{p[0]} << 24 | std::size_t{p[1]} << 16 | std::size_t{p[2]} << 8 | std::size_t{p[3]};
}

/// Where the messages of one connection end.
class Framing {
public:
    explicit Framing(bool postgresql) : postgresql_(postgresql) {}

    /// The length of the message at the beginning of `bytes`; 0 when more has to come to tell.
    std::size_t length(const std::vector<std::uint8_t>& bytes, bool from_client) {
        if (!postgresql_)
            return bytes.size() < 4 ? 0 : 4 + (bytes[0] | std::size_t{bytes[1]} << 8 | std::size_t{bytes[2]} << 16);
        if (!from_client && single_answers_ > 0) return bytes.empty() ? 0 : 1;
        if (from_client && !started_) return bytes.size() < 8 ? 0 : big_endian(bytes.data());
        return bytes.size() < 5 ? 0 : 1 + big_endian(bytes.data() + 1);
    }
    /// The message was passed on.
    void passed(const std::vector<std::uint8_t>& message, bool from_client) {
        if (!postgresql_) return;
        if (from_client && !started_) {
            // Requests for TLS and GSSAPI are answered by one byte; then the startup message comes.
            const auto code = big_endian(message.data() + 4);
            if (code == 80877103 || code == 80877104) ++single_answers_;
            else started_ = true;
        } else if (!from_client && single_answers_ > 0) {
            --single_answers_;
        }
    }

private:
    bool postgresql_;
    bool started_ = false;
    int single_answers_ = 0;
};

} // namespace

class ProxiedConnection : public std::enable_shared_from_this<ProxiedConnection> {
public:
    ProxiedConnection(FaultProxy& proxy, tcp::socket client)
        : proxy_(proxy), client_(std::move(client)), server_(client_.get_executor()),
          framing_(proxy.server_.dialect == "postgresql") {}

    asio::awaitable<void> run() {
        const auto self = shared_from_this();
        asio::error_code error;
        co_await server_.async_connect(proxy_.target_, asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            close();
            co_return;
        }
        client_.set_option(tcp::no_delay(true), error);
        server_.set_option(tcp::no_delay(true), error);
        asio::co_spawn(client_.get_executor(), pump(self, client_, server_, true), asio::detached);
        asio::co_spawn(client_.get_executor(), pump(self, server_, client_, false), asio::detached);
    }

private:
    asio::awaitable<void>
    pump([[maybe_unused]] std::shared_ptr<ProxiedConnection> self, tcp::socket& from, tcp::socket& to, bool from_client) {
        std::vector<std::uint8_t> bytes;
        std::array<std::uint8_t, 65536> read{};
        asio::error_code error;
        for (;;) {
            auto size = framing_.length(bytes, from_client);
            while (size != 0 && bytes.size() >= size) {
                const std::vector<std::uint8_t> message(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
                bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
                framing_.passed(message, from_client);
                co_await deliver(message, to);
                size = framing_.length(bytes, from_client);
            }
            const auto count =
                co_await from.async_read_some(asio::buffer(read), asio::redirect_error(asio::use_awaitable, error));
            if (error) break;
            bytes.insert(bytes.end(), read.begin(), read.begin() + static_cast<std::ptrdiff_t>(count));
        }
        if (!silent_) close();
    }

    asio::awaitable<void> deliver(const std::vector<std::uint8_t>& message, tcp::socket& to) {
        const auto fault = silent_ ? Fault::silence : proxy_.next_message();
        const auto half = message.size() / 2;
        switch (fault) {
        case Fault::none: co_await write(to, message.data(), message.size()); break;
        case Fault::cut_before: close(); break;
        case Fault::cut_after:
            co_await write(to, message.data(), message.size());
            close();
            break;
        case Fault::half:
            co_await write(to, message.data(), half);
            close();
            break;
        case Fault::reset: {
            asio::error_code ignored;
            client_.set_option(asio::socket_base::linger(true, 0), ignored);
            server_.set_option(asio::socket_base::linger(true, 0), ignored);
            close();
            break;
        }
        case Fault::delay:
            for (std::size_t i = 0; i < half && i < 16; ++i) co_await write(to, message.data() + i, 1);
            {
                asio::steady_timer timer(client_.get_executor(), std::chrono::milliseconds{5});
                co_await timer.async_wait(asio::use_awaitable);
            }
            {
                const auto sent = std::min<std::size_t>(half, 16);
                co_await write(to, message.data() + sent, message.size() - sent);
            }
            break;
        case Fault::silence: silent_ = true; break;
        }
    }

    static asio::awaitable<void> write(tcp::socket& to, const std::uint8_t* data, std::size_t size) {
        asio::error_code ignored; // the other side's end is noticed by who reads from it
        co_await asio::async_write(to, asio::buffer(data, size), asio::redirect_error(asio::use_awaitable, ignored));
    }

    void close() {
        asio::error_code ignored;
        client_.close(ignored);
        server_.close(ignored);
    }

    FaultProxy& proxy_;
    tcp::socket client_;
    tcp::socket server_;
    Framing framing_;
    bool silent_ = false;
};

FaultProxy::FaultProxy(const Url& server)
    : server_(server), acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      target_(asio::ip::make_address(server.host), server.port.value()) {
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

FaultProxy::~FaultProxy() {
    io_.stop();
    thread_.join();
}

Url FaultProxy::url() const {
    Url url = server_;
    url.port = acceptor_.local_endpoint().port();
    return url;
}

void FaultProxy::plan(Fault fault, unsigned message) noexcept {
    strike_ = 0;
    struck_ = false;
    fault_ = fault;
    count_ = 0;
    strike_ = message;
}

Fault FaultProxy::next_message() noexcept {
    if (++count_ != strike_.load()) return Fault::none;
    struck_ = true;
    return fault_.load();
}

asio::awaitable<void> FaultProxy::accept() {
    for (;;) {
        auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
        const auto connection = std::make_shared<ProxiedConnection>(*this, std::move(socket));
        asio::co_spawn(io_, connection->run(), asio::detached);
    }
}

} // namespace azoth::testing
