// `npm run test:kill`: kills real browsers while they upgrade and write, starts them again on the same profile, and
// counts what is lost.

import { runCampaigns } from '../lab/campaigns.mjs';
import { Campaign } from './campaign.mjs';

await runCampaigns('kill', 50, (...given) => new Campaign(...given));
