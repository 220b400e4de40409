// SPDX-License-Identifier: MIT
// Oracle's own types. Other dialects refuse those that they do not have under the same name.
#pragma once

#include <cstdint>

#include <azoth/types/details.hpp>

namespace azoth::oracle {

struct BFILE : Type {
    BFILE() : Type(named_type(TypeKind::large_binary, "BFILE")) {}
};
struct BINARY_DOUBLE : Type {
    BINARY_DOUBLE() : Type(named_type(TypeKind::double_, "BINARY_DOUBLE")) {}
};
struct BINARY_FLOAT : Type {
    BINARY_FLOAT() : Type(named_type(TypeKind::float_, "BINARY_FLOAT")) {}
};
/// Date and time to the second.
struct DATE : Type {
    DATE() : Type(named_type(TypeKind::date_time, "DATE")) {}
};
/// By binary digits.
struct FLOAT : Type {
    explicit FLOAT(std::int32_t binary_precision = unset) : Type(named_type(TypeKind::float_, "BINARY_PRECISION_FLOAT")) {
        precision = binary_precision;
    }
};
struct INTERVAL : Type {
    explicit INTERVAL(std::int32_t day_precision = unset, std::int32_t second_precision = unset)
        : Type(named_type(TypeKind::interval, "INTERVAL")) {
        precision = second_precision;
        change_details(*this, [&](TypeDetails& d) {
            d.day_precision = day_precision;
            d.fields = "DAY TO SECOND";
        });
    }
};
struct LONG : Type {
    LONG() : Type(named_type(TypeKind::text, "LONG")) {}
};
struct NCLOB : Type {
    NCLOB() : Type(named_type(TypeKind::text, "NCLOB")) { national = true; }
};
struct NUMBER : Type {
    explicit NUMBER(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : Type(named_type(TypeKind::numeric, "NUMBER")) {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct NVARCHAR2 : Type {
    explicit NVARCHAR2(std::int32_t characters = unset) : Type(named_type(TypeKind::string, "NVARCHAR2")) {
        length = characters;
        national = true;
    }
};
struct RAW : Type {
    explicit RAW(std::int32_t bytes = unset) : Type(named_type(TypeKind::large_binary, "RAW")) { length = bytes; }
};
struct ROWID : Type {
    ROWID() : Type(named_type(TypeKind::string, "ROWID")) {}
};
struct TIMESTAMP : Type {
    explicit TIMESTAMP(bool with_timezone = false) : Type(named_type(TypeKind::date_time, "TIMESTAMP")) {
        timezone = with_timezone;
    }
    /// WITH LOCAL TIME ZONE.
    [[nodiscard]] static TIMESTAMP local() {
        TIMESTAMP type;
        set_flag(type, TypeFlag::local_timezone);
        return type;
    }
};
struct VARCHAR2 : Type {
    explicit VARCHAR2(std::int32_t characters = unset) : Type(named_type(TypeKind::string, "VARCHAR2")) {
        length = characters;
    }
};

} // namespace azoth::oracle
