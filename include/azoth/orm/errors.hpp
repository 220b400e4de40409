// SPDX-License-Identifier: MIT
// What the ORM throws besides the errors of every layer.
#pragma once

#include <azoth/error.hpp>

namespace azoth {

/// A second operation of a session while one is suspended.
class ConcurrentOperationError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// Something of an object was to be loaded, and the object is in no session.
class DetachedInstanceError : public NotLoadedError {
public:
    using NotLoadedError::NotLoadedError;
};

/// Something is not mapped.
class UnmappedError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};
/// An object that was not made by make<T>() or loaded. (A class without a mapping does not compile.)
class UnmappedInstanceError : public UnmappedError {
public:
    using UnmappedError::UnmappedError;
};
/// A class has no such attribute, or a table no such column.
class UnmappedColumnError : public UnmappedError {
public:
    using UnmappedError::UnmappedError;
};

/// A class cannot be used yet, but may be later: its table has not been reflected, or a listener holds its mapping back.
class MappingDeferredError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A relationship cannot be loaded in the way that was asked for.
class LoaderStrategyError : public InvalidRequestError {
public:
    using InvalidRequestError::InvalidRequestError;
};

/// A type map gives a member a SQL type whose values it cannot hold.
class MappedAnnotationError : public ArgumentError {
public:
    using ArgumentError::ArgumentError;
};

} // namespace azoth
