 -- nothing
;; /* ; */
