// The worker of a release, in a browser that has room for the database and none for a copy of it.
import './no-room-for-backups.mjs';
import './release.mjs';
