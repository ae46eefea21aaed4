import { actionsOf } from '../../pages/actions.mjs';
import { connect } from '../shared/connect.mjs';

const start = () => new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });

export const open = async () => actionsOf(await connect(start()));
