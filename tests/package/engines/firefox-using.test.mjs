import { describePackage } from '../suites.mjs';

describePackage('Firefox', 'using');
