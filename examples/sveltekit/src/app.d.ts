/// <reference types="wheatear/imports" />
