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

    /// `sentence: place, place`
    pub fn told(self) -> Vec<String> {
        self.0.into_iter().map(|(sentence, places)| format!("{sentence}: {}", places.join(", "))).collect()
    }
}
