// SPDX-License-Identifier: MIT
// The little that the driver reads of SQL text itself: comments, and the word a statement begins with.
#pragma once

#include <string>
#include <string_view>

namespace azoth::sqlite {

/// `sql` from the first character on that is neither blank, comment nor semicolon.
[[nodiscard]] std::string_view skip_blank(std::string_view sql) noexcept;

/// The word `sql` begins with, upper case; empty when it begins with something else.
[[nodiscard]] std::string first_word(std::string_view sql);

/// `sql` behind its first word and the blanks around it.
[[nodiscard]] std::string_view behind_first_word(std::string_view sql) noexcept;

/// True when `word` (lower case) occurs anywhere in `text`, in any case.
[[nodiscard]] bool mentions(std::string_view text, std::string_view word) noexcept;

} // namespace azoth::sqlite
