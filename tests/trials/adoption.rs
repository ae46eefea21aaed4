//! Databases that were made by something else: 40, adoption-drop.
