// SPDX-License-Identifier: MIT
// SQLite's own types.
#pragma once

#include <azoth/types/type.hpp>

namespace azoth::sqlite {

/// A JSON document in SQLite's binary form: written by `jsonb()`, read by `json()`. SQLite has it since 3.45; compiled for an older
/// one it is a CompileError. Elsewhere: `JsonType{}.with_variant(sqlite::JSONB{}, "sqlite")`.
struct JSONB : Type {
    JSONB();
};

} // namespace azoth::sqlite
