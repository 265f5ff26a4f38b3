//! Strict JSON: what a record may look like before its meaning is read.
//!
//! `serde_json` alone accepts duplicate keys in maps, arrays where a struct is meant, and objects
//! where a plain enum is meant. [`from_slice`] refuses all of them, bounds the depth, and accepts
//! exactly one value with nothing behind it. Unknown keys are the reading type's own choice.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, IntoDeserializer, Visitor};

/// Objects and arrays may nest this deep.
pub const MAX_DEPTH: usize = 32;

/// Why bytes are no acceptable JSON, or not of the type asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string().chars().take(300).collect())
    }
}

/// The value of type `T` that these bytes are.
///
/// # Errors
/// When the bytes are not one strict JSON value (UTF-8, no duplicate key at any depth, at most
/// [`MAX_DEPTH`] levels, nothing behind it), or the value is not a `T`.
pub fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Error> {
    T::deserialize(Value::parse(bytes)?)
}

/// A JSON value without duplicate keys; strings without escapes are those of the text it was read from.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number without fraction or exponent that fits 64 bits, positive.
    Unsigned(u64),
    /// The same, negative.
    Signed(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Members<'a>),
}

/// The members of an object, in the order of their names.
#[derive(Debug, Clone, PartialEq)]
pub struct Members<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Members<'a> {
    /// These members in order; the name that two of them have where that is so.
    fn of(mut members: Vec<(Cow<'a, str>, Value<'a>)>) -> Result<Self, Cow<'a, str>> {
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        match members.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(pair[0].0.clone()),
            None => Ok(Self(members)),
        }
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.binary_search_by(|(member, _)| member.as_ref().cmp(name)).ok().map(|at| &self.0[at].1)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Value<'a> {
    /// The value these bytes are.
    ///
    /// # Errors
    /// As [`from_slice`], for the syntax alone.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut input = serde_json::Deserializer::from_slice(bytes);
        let value = de::DeserializeSeed::deserialize(Seed { depth: 0 }, &mut input).map_err(de::Error::custom)?;
        input.end().map_err(<Error as de::Error>::custom)?;
        Ok(value)
    }
}

impl Value<'_> {
    /// Whether this is what `written` says, member by member, and perhaps more.
    ///
    /// serde reads an enum that is told by a member of its object (`tag = "…"`) through a buffer of its
    /// own, which takes arrays for objects and objects for plain enums at any depth; what is written
    /// again has the one form there is.
    pub(crate) fn says(&self, written: &Value<'_>) -> bool {
        match (self, written) {
            (Self::Object(found), Value::Object(members)) => {
                members.iter().all(|(name, member)| found.get(name).is_some_and(|value| value.says(member)))
            }
            (Self::Array(found), Value::Array(items)) => {
                found.len() == items.len() && found.iter().zip(items).all(|(value, item)| value.says(item))
            }
            _ => self == written,
        }
    }
}

/// Reads a [`Value`] as a part of something larger, with the same strictness.
pub(crate) struct ValueSeed;

impl ValueSeed {
    pub(crate) fn deserialize_value<'de, D: de::Deserializer<'de>>(input: D) -> Result<Value<'de>, D::Error> {
        input.deserialize_any(Seed { depth: 0 })
    }
}

#[derive(Clone, Copy)]
struct Seed {
    depth: usize,
}

impl Seed {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> de::DeserializeSeed<'de> for Seed {
    type Value = Value<'de>;

    fn deserialize<D: de::Deserializer<'de>>(self, input: D) -> Result<Value<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(value)))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Value<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<Value<'de>, A::Error> {
        let inner = self.deeper()?;
        let mut object = Vec::new();
        while let Some(key) = members.next_key_seed(Name)? {
            object.push((key, members.next_value_seed(inner)?));
        }
        let doubled = |name| de::Error::custom(format_args!("duplicate key `{name}`"));
        Members::of(object).map(Value::Object).map_err(doubled)
    }
}

/// Reads the name of a member.
struct Name;

impl<'de> de::DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: de::Deserializer<'de>>(self, input: D) -> Result<Cow<'de, str>, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }
}

/// Reads types from a [`Value`]: structs from objects alone, enums from strings alone.
impl<'de> de::Deserializer<'de> for Value<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Unsigned(value) => visitor.visit_u64(value),
            Self::Signed(value) => visitor.visit_i64(value),
            Self::Float(value) => visitor.visit_f64(value),
            Self::String(Cow::Borrowed(value)) => visitor.visit_borrowed_str(value),
            Self::String(Cow::Owned(value)) => visitor.visit_string(value),
            Self::Array(items) => visitor.visit_seq(de::value::SeqDeserializer::new(items.into_iter())),
            Self::Object(members) => {
                let members = members.0.into_iter().map(|(name, value)| (Named(name), value));
                visitor.visit_map(de::value::MapDeserializer::new(members))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Object(_) => self.deserialize_any(visitor),
            _ => Err(de::Error::custom(format_args!("expected an object for {name}"))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::String(variant) => visitor.visit_enum(variant.into_deserializer()),
            _ => Err(de::Error::custom(format_args!("expected a string for {name}"))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The name of a member, as a type reads it.
struct Named<'a>(Cow<'a, str>);

impl<'de> IntoDeserializer<'de, Error> for Named<'de> {
    type Deserializer = Value<'de>;

    fn into_deserializer(self) -> Value<'de> {
        Value::String(self.0)
    }
}

impl<'de> IntoDeserializer<'de, Error> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Point {
        x: u8,
        kind: Option<Kind>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Plain,
    }

    #[test]
    fn accepts_a_struct_with_members_in_any_order() {
        let point: Point = from_slice(br#" {"kind":"plain","x":1,"later":[{}]} "#).unwrap();
        assert_eq!(point, Point { x: 1, kind: Some(Kind::Plain) });
    }

    #[test]
    fn refuses_what_serde_alone_lets_pass() {
        for text in [
            r#"[1,null]"#,
            r#"{"x":1,"x":1}"#,
            r#"{"x":1,"other":{"a":1,"a":2}}"#,
            r#"{"x":1,"kind":{"plain":null}}"#,
            r#"{"x":1} {}"#,
            r#"{"x":1.0}"#,
            "\u{feff}{\"x\":1}",
        ] {
            assert!(from_slice::<Point>(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_deep_nesting_without_overflowing_the_stack() {
        let deep = "[".repeat(1_000_000);
        assert!(Value::parse(deep.as_bytes()).is_err());
        let fits = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(Value::parse(fits.as_bytes()).is_ok());
        let over = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        assert!(Value::parse(over.as_bytes()).is_err());
    }
}
