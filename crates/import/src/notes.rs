/// How many places are named.
const MOST_PLACES: usize = 4;

/// What is told of an import: each sentence once, with the places that it is about.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<(String, Vec<String>)>);

impl Notes {
    pub fn add(&mut self, sentence: impl Into<String>, place: impl Into<String>) {
        let (sentence, place) = (sentence.into(), place.into());
        match self.0.iter_mut().find(|(other, _)| *other == sentence) {
            Some((_, places)) => places.push(place),
            None => self.0.push((sentence, vec![place])),
        }
    }

    /// `sentence: place, place and 3 more`
    pub fn told(self) -> Vec<String> {
        let told = |(sentence, places): (String, Vec<String>)| {
            let shown = places[..places.len().min(MOST_PLACES)].join(", ");
            match places.len().checked_sub(MOST_PLACES + 1) {
                None => format!("{sentence}: {shown}"),
                Some(more) => format!("{sentence}: {shown} and {} more", more + 1),
            }
        };
        self.0.into_iter().map(told).collect()
    }
}
