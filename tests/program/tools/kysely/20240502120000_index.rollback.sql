drop index "note_text";
