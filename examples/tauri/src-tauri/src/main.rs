//! The weather station as a program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    weather_tauri::run();
}
