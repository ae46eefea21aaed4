import { describePackage } from '../suites.mjs';

describePackage('WebKitGTK', 'keeping');
