//! Integration tests, one binary.

mod simulation;
