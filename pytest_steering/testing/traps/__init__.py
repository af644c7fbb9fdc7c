"""What engines that steer get wrong, as requests that show it: any engine can be held against them."""
