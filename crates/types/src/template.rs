//! The SQL that a template becomes, as the client makes it.

use crate::named_query::Place;

/// SQL that is put together.
#[derive(Default)]
pub(crate) struct Text {
    sql: String,
    places: Vec<Place>,
    /// Whether a value ends what there is.
    ends_in_value: bool,
}

impl Text {
    /// What is added from now on stands there in the file.
    pub fn goes_on_at(&mut self, place: Place) {
        self.places.push(Place { offset: self.sql.len(), ..place });
    }

    /// Adds what is SQL as it stands.
    pub fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        // `?` and a digit would be another parameter.
        if self.ends_in_value && text.starts_with(|first: char| first.is_ascii_digit()) {
            self.sql.push(' ');
            if let Some(place) = self.places.last_mut() {
                place.offset += 1;
            }
        }
        self.sql.push_str(text);
        self.ends_in_value = false;
    }

    /// Adds a value.
    pub fn value(&mut self) {
        self.sql.push('?');
        self.ends_in_value = true;
    }

    /// The SQL, and where its pieces stand.
    pub fn read(self) -> (String, Vec<Place>) {
        (self.sql, self.places)
    }
}
