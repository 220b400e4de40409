// SPDX-License-Identifier: MIT
// Listening: ends what a test listens to.
#pragma once

#include <utility>
#include <vector>

#include <azoth/signal.hpp>

/// Ends the listening of a test, whose classes are those of others, too.
class Listening {
public:
    Listening() = default;
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() {
        for (auto& connection : connections_) connection.disconnect();
    }
    void operator+=(azoth::SignalConnection connection) { connections_.push_back(std::move(connection)); }

private:
    std::vector<azoth::SignalConnection> connections_;
};
