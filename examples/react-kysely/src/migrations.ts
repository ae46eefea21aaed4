import migrations from 'virtual:wheatear/migrations';

// New ones take a new page: React would replace components in this one, and go on with the database that it has open.
import.meta.hot?.accept(() => location.reload());

export { migrations };
