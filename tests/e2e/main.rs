//! End to end: the binary, in hermetic repositories, seen as its users see it.

mod attacks;
mod commands;
mod formats;
mod inputs;
mod server;
mod site;
mod story;
