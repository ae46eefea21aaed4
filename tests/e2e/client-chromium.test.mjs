import { describePackage } from './client-suites.mjs';

describePackage('Chromium');
