// `npm run test:files`: imports damaged files over a sound database in real browsers: each is refused, and nothing has
// changed, or it opens, upgrades, exports and can be replaced.

import { runCampaigns } from '../lab/campaigns.mjs';
import { Campaign } from './campaign.mjs';

await runCampaigns('files', 500, (...given) => new Campaign(...given));
