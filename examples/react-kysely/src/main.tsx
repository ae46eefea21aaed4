import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Station } from './station';
import { WeatherDatabase } from './weather-database';

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <h1>Weather station</h1>
    <WeatherDatabase>
      <Station />
    </WeatherDatabase>
  </StrictMode>,
);
