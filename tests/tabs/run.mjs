// `npm run test:tabs`: tabs write to one database while the one that holds it goes away, and what is lost or doubled is
// counted.

import { runCampaigns } from '../lab/campaigns.mjs';
import { Campaign } from './campaign.mjs';

await runCampaigns('tabs', 100, (...given) => new Campaign(...given));
