CREATE TABLE `place` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `place_name_unique` ON `place` (`name`);--> statement-breakpoint
CREATE TABLE `reading` (
	`id` integer PRIMARY KEY NOT NULL,
	`place_id` integer NOT NULL,
	`temp_c` real NOT NULL,
	FOREIGN KEY (`place_id`) REFERENCES `place`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `reading_place` ON `reading` (`place_id`);