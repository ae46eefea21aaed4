import { serve } from 'wheatear/worker';
import * as module from '../pkg/weather.js';

serve(module);
