import { describePackage } from '../suites.mjs';

describePackage('Chromium', 'using');
